package dev.holdfast.service.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
  @TempDir Path folder;
  private Path root;

  @BeforeEach
  void setUp() {
    root = folder.resolve("deep").resolve("home");
  }

  @Test
  void aHomeIsMadeForItsOwnerOnlyAndOpenedAgain() throws IOException {
    Home home = Home.open(root);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
        .isEqualTo("rwx------");
    assertThat(home.resources()).isEmptyDirectory();
    assertThat(home.run()).isEmptyDirectory();
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.delete(home.events());

    assertThat(Home.open(root).events()).isEmptyDirectory();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
        .isEqualTo("rwx------");
  }

  @Test
  void aHomeOfAnotherVersionIsRefusedAndLeftAsItIs() throws IOException {
    Files.createDirectories(root);
    Files.writeString(root.resolve("format"), "holdfast-home 2\n");

    assertThatThrownBy(() -> Home.open(root))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("says \"holdfast-home 2\"")
        .hasMessageContaining("reads \"holdfast-home 1\"");
    assertThat(root.resolve("format")).hasContent("holdfast-home 2\n");
    assertThat(root.resolve("run")).doesNotExist();
  }

  @Test
  void aHomeWhoseMakingWasCutOffIsMadeAgain() throws IOException {
    Files.createDirectories(root);
    Files.writeString(root.resolve("format.new"), "holdf");

    assertThat(Home.open(root).run()).isEmptyDirectory();
    assertThat(root.resolve("format")).hasContent("holdfast-home 1\n");
    assertThat(root.resolve("format.new")).doesNotExist();
  }

  @Test
  void aDirectoryOfSomebodyElseIsRefusedAndLeftAsItIs() throws IOException {
    Files.createDirectories(root);
    Files.writeString(root.resolve("thesis.txt"), "mine");
    var permissions = Files.getPosixFilePermissions(root);

    assertThatThrownBy(() -> Home.open(root))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(root + " is neither empty nor a Holdfast home")
        .hasMessageContaining("--home");
    assertThat(root.resolve("format")).doesNotExist();
    assertThat(Files.getPosixFilePermissions(root)).isEqualTo(permissions);
  }

  @Test
  void aHomeThatCannotBeMadeIsRefusedWithAWayOut() throws IOException {
    Files.writeString(folder.resolve("deep"), "a file");

    assertThatThrownBy(() -> Home.open(root))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("The home " + root + " cannot be made")
        .hasMessageContaining("--home");
  }

  @Test
  void aSecondServiceIsRefusedAndToldWhoHasTheHome() throws IOException {
    Home home = Home.open(root);
    try (HomeLock held = HomeLock.take(home)) {
      assertThat(held).isNotNull();
      assertThatThrownBy(() -> HomeLock.take(home))
          .isInstanceOf(HomeLock.HeldException.class)
          .hasMessageContaining("has not said its pid yet");

      ServiceFile.write(
          home,
          4711,
          99,
          "0.1.0",
          Optional.of(Path.of("/run/a \"b\"/s.sock")),
          Optional.of(URI.create("http://127.0.0.1:7400")));

      assertThat(home.serviceFile())
          .hasContent(
              """
              {"pid": 4711, "startTicks": 99, "version": "0.1.0", \
              "socket": "/run/a \\"b\\"/s.sock", "http": "http://127.0.0.1:7400"}
              """);
      assertThatThrownBy(() -> HomeLock.take(home))
          .isInstanceOf(HomeLock.HeldException.class)
          .hasMessageContaining("the service with pid 4711")
          .hasMessageContaining("holdfast service stop --home " + root);
    }
    ServiceFile.remove(home);
    ServiceFile.remove(home);
    HomeLock.take(home).close();
  }
}
