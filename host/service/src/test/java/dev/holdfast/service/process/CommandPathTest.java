package dev.holdfast.service.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.service.process.SpawnException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandPathTest {
  @TempDir Path folder;

  @Test
  void theFirstExecutableOfThePathIsTaken() throws Exception {
    Files.createDirectories(folder.resolve("a/tool"));
    file("b/tool", "rw-r--r--");
    Path wanted = file("c/tool", "rwxr-xr-x");
    file("d/tool", "rwxr-xr-x");

    assertThat(resolve("tool", "a::b:c:d")).isEqualTo(wanted);
  }

  @Test
  void whatIsNowhereIsNotFound() {
    assertRefused("tool", Reason.COMMAND_NOT_FOUND, "'tool': no such file in PATH (a:b)");
    assertRefused("./tool", Reason.COMMAND_NOT_FOUND, "tool': no such file or directory");
  }

  @Test
  void whatMayNotBeExecutedIsSaidToBeThere() throws Exception {
    file("a/tool", "rw-r--r--");

    assertRefused("tool", Reason.NOT_EXECUTABLE, "a/tool': permission denied");
    assertRefused("a/tool", Reason.NOT_EXECUTABLE, "a/tool': permission denied");
    assertRefused("./a", Reason.NOT_EXECUTABLE, "is a directory");
  }

  @Test
  void anEmptyElementOfThePathIsNotTheWorkingDirectory() throws Exception {
    file("tool", "rwxr-xr-x");

    assertThatThrownBy(() -> resolve("tool", ":")).isInstanceOf(SpawnException.class);
  }

  private Path resolve(String program, String path) throws SpawnException {
    return CommandPath.resolve(program, folder, Map.of("PATH", path));
  }

  private void assertRefused(String program, Reason reason, String message) {
    assertThatThrownBy(() -> resolve(program, "a:b"))
        .hasMessageContaining(message)
        .asInstanceOf(InstanceOfAssertFactories.type(SpawnException.class))
        .returns(reason, SpawnException::reason);
  }

  private Path file(String name, String mode) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }
}
