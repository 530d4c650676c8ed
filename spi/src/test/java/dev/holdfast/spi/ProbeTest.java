package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ProbeTest {
  private static final String LOOPBACK = InetAddress.getLoopbackAddress().getHostAddress();

  @Nested
  class Tcp {
    @Test
    void connects_whereSomethingListens() throws Exception {
      try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
        assertThat(TcpProbe.connects(LOOPBACK, server.getLocalPort())).isTrue();
      }
    }

    @Test
    void nothingListens_isSaidWithTheAddress() throws Exception {
      int port = freePort();

      assertThat(TcpProbe.connects(LOOPBACK, port)).isFalse();
      assertThat(TcpProbe.of(LOOPBACK, port).within(Duration.ofMillis(200)).health())
          .isInstanceOfSatisfying(
              Health.Failed.class,
              failed -> assertThat(failed.why()).contains(LOOPBACK + ":" + port, "refused"));
    }

    @Test
    void badPortOrTimeout_isTheAuthorsMistake() {
      assertThatIllegalArgumentException().isThrownBy(() -> TcpProbe.of("localhost", 0));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TcpProbe.of("localhost", 1).within(Duration.ZERO));
    }
  }

  @Nested
  class Http {
    @Test
    void statusWithinTheRange_isAlive_andOutsideIsSaid() throws Exception {
      HttpServer server = serving(503);
      try {
        String url = "http://" + LOOPBACK + ":" + server.getAddress().getPort() + "/health";

        assertThat(HttpProbe.answers(url)).isFalse();
        assertThat(HttpProbe.of(url).health()).isEqualTo(Health.failed("HTTP 503 from " + url));
        assertThat(HttpProbe.of(url).expecting(500, 599).health()).isEqualTo(Health.alive());
      } finally {
        server.stop(0);
      }
    }

    @Test
    void redirect_isAnAnswerAndNotFollowed() throws Exception {
      HttpServer server = serving(302);
      try {
        assertThat(HttpProbe.answers("http://" + LOOPBACK + ":" + server.getAddress().getPort()))
            .isTrue();
      } finally {
        server.stop(0);
      }
    }

    @Test
    void nothingListens_isSaid() throws Exception {
      assertThat(HttpProbe.of("http://" + LOOPBACK + ":" + freePort()).health())
          .isInstanceOf(Health.Failed.class);
    }

    @Test
    void serverThatNeverAnswers_isGivenUp() throws Exception {
      try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
        String url = "http://" + LOOPBACK + ":" + server.getLocalPort() + "/";

        assertThat(HttpProbe.of(url).within(Duration.ofMillis(200)).health())
            .isInstanceOf(Health.Failed.class);
      }
    }

    @Test
    void serverThatSendsAByteNowAndThen_isGivenUpInTimeAllTheSame() throws Exception {
      var done = new CountDownLatch(1);
      try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
        var trickle = new Thread(() -> trickle(server, done));
        trickle.start();
        String url = "http://" + LOOPBACK + ":" + server.getLocalPort() + "/";

        long before = System.nanoTime();
        Health health = HttpProbe.of(url).within(Duration.ofMillis(300)).health();
        Duration took = Duration.ofNanos(System.nanoTime() - before);

        assertThat(health).isEqualTo(Health.failed("no answer from " + url + " within 300ms"));
        assertThat(took).isLessThan(Duration.ofSeconds(5));
        done.countDown();
        trickle.join();
      }
    }

    @Test
    void serverThatDoesNotSpeakHttp_isFailed() throws Exception {
      Thread rude;
      Health health;
      try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
        rude = new Thread(() -> answerAll(server, "220 smtp ready\r\n"));
        rude.start();
        health = HttpProbe.of("http://" + LOOPBACK + ":" + server.getLocalPort() + "/").health();
      }
      rude.join();

      assertThat(health).isInstanceOf(Health.Failed.class);
    }

    @Test
    void whatIsNoWebAddress_isTheAuthorsMistake() {
      assertThatIllegalArgumentException().isThrownBy(() -> HttpProbe.of("ftp://x/"));
      assertThatIllegalArgumentException().isThrownBy(() -> HttpProbe.of("http:///path"));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> HttpProbe.of("http://x/").expecting(400, 200));
    }

    private static HttpServer serving(int status) throws IOException {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
      server.createContext(
          "/",
          exchange -> {
            exchange.getResponseHeaders().add("Location", "http://" + LOOPBACK + ":1/");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
          });
      server.start();
      return server;
    }

    private static void trickle(ServerSocket server, CountDownLatch done) {
      try (Socket socket = server.accept()) {
        var out = socket.getOutputStream();
        out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
        while (!done.await(50, TimeUnit.MILLISECONDS)) {
          out.write('x');
          out.flush();
        }
      } catch (IOException e) {
        // The probe hung up: that is what the test is about.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private static void answerAll(ServerSocket server, String answer) {
      while (!server.isClosed()) {
        try (Socket socket = server.accept()) {
          socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
          // The server was closed, or the probe did not want to hear more.
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
