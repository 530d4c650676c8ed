package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a caller is told when a service behaves as none should. */
@Timeout(60)
class LostRepliesTest {
  private static final Changes CHANGES = Changes.of().createKey("HKLM\\Software\\App");
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final String STREAM = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final Pattern CONTENT_LENGTH = Pattern.compile("Content-Length: (\\d+)");
  @TempDir Path folder;
  private final CountDownLatch over = new CountDownLatch(1);
  private Path socket = Path.of("");
  private ServerSocketChannel server;

  @BeforeEach
  void listen() throws IOException {
    socket = folder.resolve("s");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
  }

  @AfterEach
  void stop() throws IOException {
    over.countDown();
    server.close();
  }

  /**
   * From now on everybody who sends something gets this answer.
   *
   * @param hangsUp whether the connection ends behind it, or stays silent
   */
  private Registry answering(String answer, boolean hangsUp, Deadlines deadlines) {
    Thread.ofPlatform().daemon().start(() -> serve(answer, hangsUp));
    return Registry.connect(RegistryLocation.socket(socket), deadlines);
  }

  private void serve(String answer, boolean hangsUp) {
    while (server.isOpen()) {
      try (SocketChannel client = server.accept()) {
        // Who hangs up does so behind a whole request; who stays silent may leave a part of it
        // unread.
        if (hangsUp ? readAll(client) : client.read(ByteBuffer.allocate(64 * 1024)) > 0) {
          client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
          if (!hangsUp) {
            over.await();
          }
        }
      } catch (IOException gone) {
        // Either side; the next one is served.
      } catch (InterruptedException ended) {
        return;
      }
    }
  }

  /** Reads a request to its end; false if there was none. */
  private static boolean readAll(SocketChannel client) throws IOException {
    InputStream in = Channels.newInputStream(client);
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return false;
      }
      head.append((char) next);
    }
    Matcher length = CONTENT_LENGTH.matcher(head);
    if (length.find()) {
      in.readNBytes(Integer.parseInt(length.group(1)));
    }
    return true;
  }

  private static String problem(int status, int exitCode) {
    String body = "{\"detail\":\"d\",\"code\":\"C\",\"exitCode\":%d}".formatted(exitCode);
    return "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s".formatted(status, body.length(), body);
  }

  @Test
  void aReplyThatIsLost_leavesAChangeUnknown_andAReadUndone() {
    try (Registry registry = answering("", true, Deadlines.DEFAULT)) {
      MayHaveBeenDoneException unknown =
          catchThrowableOfType(MayHaveBeenDoneException.class, () -> registry.apply(CHANGES));
      assertThat(unknown.code()).isEqualTo("ConnectionLost");
      assertThat(unknown).hasMessageContaining("it may have been made");
      assertThatThrownBy(() -> registry.check(CHANGES)).isInstanceOf(UnreachableException.class);
      assertThatThrownBy(() -> registry.key("HKLM")).isInstanceOf(UnreachableException.class);
    }
  }

  @Test
  void halfAReply_isALostOne() {
    try (Registry registry =
        answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"items", true, Deadlines.DEFAULT)) {
      assertThatThrownBy(() -> registry.apply(CHANGES))
          .isInstanceOf(MayHaveBeenDoneException.class);
    }
  }

  @Test
  void anAnswerThatMakesNoSense_isALostOne() {
    String body = "{\"items\":[{\"hive\":\"x\"}]}";
    try (Registry registry =
        answering(
            "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
            true,
            Deadlines.DEFAULT)) {
      assertThatThrownBy(() -> registry.apply(CHANGES))
          .isInstanceOf(MayHaveBeenDoneException.class)
          .hasMessageContaining("not what this client knows");
    }
  }

  @Test
  void aSlowService_isNotWaitedForLongerThanSaid() {
    try (Registry registry = answering("", false, Deadlines.DEFAULT.withCall(SHORT))) {
      MayHaveBeenDoneException unknown =
          catchThrowableOfType(MayHaveBeenDoneException.class, () -> registry.apply(CHANGES));
      assertThat(unknown.code()).isEqualTo("TimedOut");
    }
  }

  @Test
  void aDeadlineWithinTheRequest_leavesItUnknown() {
    Changes large = Changes.of().set("HKLM\\Software", Value.binary("L", new byte[2 << 20]));
    try (Registry registry = answering("", false, Deadlines.DEFAULT.withCall(SHORT))) {
      assertThatThrownBy(() -> registry.apply(large))
          .isInstanceOfSatisfying(
              MayHaveBeenDoneException.class,
              unknown -> assertThat(unknown.code()).isEqualTo("TimedOut"));
    }
  }

  @Test
  void aServiceThatDoesNotEvenAccept_isUnreachable_onceItsBacklogIsFull() {
    Registry registry =
        Registry.connect(
            RegistryLocation.socket(socket), Deadlines.DEFAULT.withConnect(SHORT).withCall(SHORT));
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                Registry.connect(
                    RegistryLocation.socket(socket), Deadlines.DEFAULT.withConnect(SHORT));
              }
            })
        .isInstanceOf(UnreachableException.class);
    assertThatThrownBy(() -> registry.apply(CHANGES)).isInstanceOf(UnreachableException.class);
  }

  @Test
  void aWatchThatHearsNothingAtAll_isLost() throws Exception {
    String line =
        "{\"hive\":\"HKLM\\\\Software\",\"revision\":7,\"time\":\"2026-11-21T22:40:00.120Z\","
            + "\"path\":\"HKLM\\\\Software\\\\App\",\"what\":\"value\"}\n";
    String chunk = Integer.toHexString(line.length()) + "\r\n" + line + "\r\n";
    try (Registry registry =
        answering(STREAM + chunk, false, Deadlines.DEFAULT.withSilence(SHORT))) {
      var heard = new Heard();
      registry.watch(WatchSpec.of("HKLM\\Software\\App"), heard);

      assertThat(heard.next(1)).containsExactly("VALUE HKLM\\Software\\App");
      assertThat(heard.end().reason()).isEqualTo(WatchEnd.Reason.CONNECTION_LOST);
      assertThat(heard.end().position()).contains(new WatchPosition(7, 1));
    }
  }

  @Test
  void nobodyListens() throws IOException {
    server.close();

    assertThatThrownBy(() -> Registry.connect(RegistryLocation.socket(socket)))
        .isInstanceOfSatisfying(
            UnreachableException.class, none -> assertThat(none.code()).isEqualTo("NoService"));
    assertThatThrownBy(() -> Registry.connect(RegistryLocation.home(folder)))
        .hasMessage("No cluster service runs on " + folder + ".");
  }

  @Test
  void theServicesOwnMistake_leavesAChangeUnknown() {
    try (Registry registry = answering(problem(500, 70), true, Deadlines.DEFAULT)) {
      assertThatThrownBy(() -> registry.apply(CHANGES))
          .isInstanceOf(MayHaveBeenDoneException.class)
          .hasMessage("d");
      assertThatThrownBy(() -> registry.key("HKLM")).isInstanceOf(RefusedException.class);
    }
  }

  @Test
  void aServiceThatCannotAnswerNow_hasDoneNothing() {
    try (Registry registry = answering(problem(503, 5), true, Deadlines.DEFAULT)) {
      assertThatThrownBy(() -> registry.apply(CHANGES))
          .isInstanceOfSatisfying(
              UnreachableException.class, busy -> assertThat(busy.code()).isEqualTo("C"));
    }
  }
}
