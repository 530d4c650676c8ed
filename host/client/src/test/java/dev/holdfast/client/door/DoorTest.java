package dev.holdfast.client.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.client.transport.UnixHttp;
import dev.holdfast.service.api.RuntimeDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoorTest {
  private static final Duration WAIT = Duration.ofSeconds(20);

  @TempDir Path home;

  private void written(String text) throws IOException {
    Files.createDirectories(home.resolve("run"));
    Files.writeString(home.resolve("run/service.json"), text);
  }

  @Test
  void theSocketThatTheHomeNames_isConnectedTo() throws IOException {
    Path socket = home.resolve("s");
    written("{\"pid\":77,\"socket\":\"" + socket + "\"}");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      try (UnixHttp connection = Door.open(home, WAIT)) {
        assertThat(connection.server().getName()).isEqualTo(System.getProperty("user.name"));
        assertThat(connection.isSent()).isFalse();
      }
    }
  }

  @Test
  void whereNobodyListens_itSaysWhy() throws IOException {
    assertThatThrownBy(() -> Door.open(home, WAIT))
        .isInstanceOf(NoServiceException.class)
        .hasMessage("No cluster service runs on " + home + ".");
    written("{\"pid\":77,\"socket\":\"" + home.resolve("gone") + "\"}");
    assertThatThrownBy(() -> Door.open(home, WAIT))
        .isInstanceOf(NoServiceException.class)
        .hasMessage("The cluster service of " + home + " (pid 77) does not listen any more.");
    written("{");
    assertThatThrownBy(() -> Door.open(home, WAIT)).hasMessageContaining("it is not JSON");
  }

  @Test
  void oneThatStarts_isToldApart() throws IOException {
    written("{\"pid\":77,\"socket\":null}");

    assertThatThrownBy(() -> Door.open(home, WAIT))
        .isInstanceOfSatisfying(
            NoServiceException.class, starting -> assertThat(starting.isStarting()).isTrue())
        .hasMessageContaining("try again in a moment");
  }

  @Test
  void theSocketsDirectory_isNamedAsTheServiceNamesIt() throws IOException {
    assertThat(RuntimeDirectory.of(Path.of("/nowhere/h"), true))
        .hasToString("/run/holdfast-" + Door.hash("/nowhere/h"));
  }
}
