package dev.holdfast.system;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Visitors of a web site who do not stop coming, and who count each time that they were not served.
 * On plain sockets: a client that tries again by itself would hide what is looked for.
 */
final class Visitors implements AutoCloseable {
  private static final int VISITORS = 4;

  /** Of each; together they make 250 requests a second. */
  private static final Duration PERIOD = Duration.ofMillis(16);

  /** After so many a visitor comes by a new connection: also accepting is tested. */
  private static final int REQUESTS_A_CONNECTION = 50;

  private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

  private final URI site;
  private final String expected;
  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(VISITORS);
  private final List<Visitor> visitors = new ArrayList<>();
  private final AtomicLong served = new AtomicLong();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final long started = System.nanoTime();

  private Visitors(URI site, String expected) {
    this.site = site;
    this.expected = expected;
  }

  /**
   * Visitors from now on.
   *
   * @param expected stands in every answer
   */
  static Visitors of(URI site, String expected) {
    var visitors = new Visitors(site, expected);
    for (int i = 0; i < VISITORS; i++) {
      Visitor visitor = visitors.new Visitor();
      visitors.visitors.add(visitor);
      var _ =
          visitors.threads.scheduleAtFixedRate(visitor, 0, PERIOD.toNanos(), TimeUnit.NANOSECONDS);
    }
    return visitors;
  }

  /** How many were served. */
  long served() {
    return served.get();
  }

  /** What went wrong, a sentence each. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Requests a second since the beginning. */
  double rate() {
    return served.get() * 1e9 / (System.nanoTime() - started);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
    visitors.forEach(Visitor::leave);
  }

  /** One of them. */
  private final class Visitor implements Runnable {
    private @Nullable Socket socket;
    private int requests;

    @Override
    public void run() {
      try {
        visit();
        served.incrementAndGet();
      } catch (IOException e) {
        leave();
        if (!threads.isShutdown()) {
          failures.add("after %d served: %s".formatted(served.get(), e));
        }
      }
    }

    private void visit() throws IOException {
      if (socket == null || requests == REQUESTS_A_CONNECTION) {
        leave();
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) ANSWER_MAX.toMillis());
        socket.connect(
            new InetSocketAddress(site.getHost(), site.getPort()), (int) ANSWER_MAX.toMillis());
        requests = 0;
      }
      requests++;
      String request = "GET / HTTP/1.1\r\nHost: " + site.getAuthority() + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String page = page(new BufferedInputStream(socket.getInputStream()));
      if (!page.contains(expected)) {
        throw new IOException(site + " answered with another page: " + page);
      }
    }

    void leave() {
      if (socket != null) {
        try {
          socket.close();
        } catch (IOException e) {
          failures.add("closing: " + e);
        }
        socket = null;
      }
    }
  }

  /** The page at a site, asked for once. */
  static String page(URI site) throws IOException {
    try (var socket = new Socket(site.getHost(), site.getPort())) {
      socket.setSoTimeout((int) ANSWER_MAX.toMillis());
      String request = "GET / HTTP/1.1\r\nHost: " + site.getAuthority() + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return page(new BufferedInputStream(socket.getInputStream()));
    }
  }

  private static String page(InputStream in) throws IOException {
    String status = line(in);
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IOException("answered with \"" + status + "\"");
    }
    int length = -1;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(lower.indexOf(':') + 1).strip());
      }
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new IOException("the page ended after " + body.length + " of " + length + " bytes");
    }
    return new String(body, StandardCharsets.UTF_8);
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the connection ended after \"" + line + "\"");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
