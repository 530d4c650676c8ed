package dev.holdfast.service.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeDirectoryTest {
  @TempDir Path folder;

  @Test
  void of_isTheRuleThatTheCommandLineKnows() throws IOException {
    Path nowhere = Path.of("/nowhere/holdfast");

    assertThat(RuntimeDirectory.of(nowhere, true))
        .isEqualTo(Path.of("/run/holdfast-38ef774d57fdbbe0"));
    assertThat(RuntimeDirectory.of(nowhere, false))
        .isEqualTo(Path.of("/tmp/holdfast-38ef774d57fdbbe0"));
  }

  @Test
  void aHomeReachedByALinkHasTheSameDirectory() throws IOException {
    Path home = Files.createDirectory(folder.resolve("home"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), home);

    assertThat(RuntimeDirectory.of(link, true)).isEqualTo(RuntimeDirectory.of(home, true));
  }

  @Test
  void make_opensItForReadingToAll_twice() throws IOException {
    Path directory = folder.resolve("runtime");

    RuntimeDirectory.make(directory);
    RuntimeDirectory.make(directory);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void make_refusesWhatSomebodyElseHasPutThere() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("trap"), folder);
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> RuntimeDirectory.make(link)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> RuntimeDirectory.make(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a directory of ours");
  }
}
