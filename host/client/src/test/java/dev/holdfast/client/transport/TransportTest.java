package dev.holdfast.client.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TransportTest {
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  @TempDir Path folder;

  /** A server that says the same to everybody, in pieces of that many bytes, and hangs up. */
  private Reply reply(String said, int piece) throws IOException {
    Path socket = folder.resolve("s" + System.nanoTime());
    var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (server;
                  SocketChannel client = server.accept()) {
                client.read(ByteBuffer.allocate(64 * 1024));
                byte[] bytes = said.getBytes(StandardCharsets.UTF_8);
                for (int at = 0; at < bytes.length; at += piece) {
                  client.write(ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at)));
                }
              } catch (IOException gone) {
                // The client has seen enough.
              }
            });
    UnixHttp connection = UnixHttp.connect(socket, Duration.ofSeconds(20));
    return connection.send("GET", "/", "application/json", null);
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 4096})
  void bodiesOfEveryKind_howeverTheyArrive(int piece) throws IOException {
    assertThat(text(reply("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", piece).body()))
        .isEqualTo("abc");
    assertThat(
            text(
                reply(CHUNKED + "3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\nT: t\r\n\r\n", piece)
                    .body()))
        .isEqualTo("abc0123456789");
    assertThat(text(reply("HTTP/1.0 200 OK\n\nto the end", piece).body())).isEqualTo("to the end");
    assertThat(reply("HTTP/1.1 404\r\nX-A:  b \r\n\r\n", piece).headers())
        .containsEntry("x-a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
      })
  void whatIsBroken_isAnIoException(String said) {
    assertThatThrownBy(() -> reply(said, 4096).body().readAllBytes())
        .isInstanceOf(IOException.class)
        .hasMessageMatching("(?s).{10,}");
  }

  @Test
  void garbage_neverHangsAndNeverEscapesAsAnythingElse() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      String said =
          (random.nextBoolean() ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" : "")
              + new String(bytes, StandardCharsets.ISO_8859_1);
      try {
        reply(said, 64).body().readAllBytes();
      } catch (IOException refused) {
        assertThat(refused).as("seed " + seed).hasMessageMatching("(?s).+");
      }
    }
  }

  @Test
  void anEndlessHead_isRefused() {
    assertThatThrownBy(() -> reply("HTTP/1.1 200 OK\r\nX: " + "y".repeat(100_000), 8192))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer than");
  }

  @Test
  void aServerThatDoesNotAnswer_isNotWaitedForLongerThanSaid() throws IOException {
    Path socket = folder.resolve("silent");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      try (UnixHttp connection = UnixHttp.connect(socket, Duration.ofMillis(50))) {
        assertThatThrownBy(() -> connection.send("GET", "/", "x", null))
            .isInstanceOf(DeadlineException.class)
            .hasMessageContaining("50 ms");
      }
    }
  }

  @Test
  void lines_skipTheEmptyOnes() throws IOException {
    var lines =
        new Lines(
            new ByteArrayInputStream("\n\n{1}\n\n{ü}\n\nlast".getBytes(StandardCharsets.UTF_8)));

    assertThat(lines.next()).isEqualTo("{1}");
    assertThat(lines.next()).isEqualTo("{ü}");
    assertThat(lines.next()).isEqualTo("last");
    assertThat(lines.next()).isNull();
  }
}
