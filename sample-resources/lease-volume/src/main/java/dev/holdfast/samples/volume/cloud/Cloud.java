package dev.holdfast.samples.volume.cloud;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;

/**
 * A cloud of volumes: {@code cloud --dir DIR [--port 8080]}. On the loopback address only; it asks
 * nobody who he is.
 *
 * <pre>
 *   GET  /volumes/NAME                     what is known of it, a value a line
 *   POST /volumes/NAME/attach              epoch, nonce, node
 *   POST /volumes/NAME/detach              epoch, nonce
 *   POST /volumes/NAME/snapshot            epoch, nonce, name
 *   POST /volumes/NAME/resize              epoch, nonce, bytes
 *   POST /volumes/NAME/write               epoch, nonce, text
 *   POST /weather/KIND                     see {@link Weather}
 *   GET  /weather                          how many requests are held
 * </pre>
 *
 * <p>A volume is there as soon as it is named. 409 is a refusal, with {@code code} and {@code
 * message}.
 */
public final class Cloud implements AutoCloseable {
  private static final int OK = 200;
  private static final int BAD = 400;
  private static final int NOT_FOUND = 404;
  private static final int REFUSED = 409;
  private static final int UNAVAILABLE = 503;
  private static final int USAGE = 2;
  private static final int BODY_BYTES_MAX = 1 << 16;

  private final Journal journal;
  private final Weather weather = new Weather();
  private final HttpServer server;

  private Cloud(Journal journal, HttpServer server) {
    this.journal = journal;
    this.server = server;
  }

  /**
   * Serves what a directory keeps.
   *
   * @param port 0 for a free one
   */
  public static Cloud serve(Path directory, int port) throws IOException {
    var server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    var cloud = new Cloud(Journal.open(directory), server);
    // One that is held keeps nobody else waiting.
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", cloud::handle);
    server.start();
    return cloud;
  }

  /** Where it is. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public synchronized void close() throws IOException {
    server.stop(0);
    journal.close();
  }

  /** Serves until it is killed, which it may be at any moment. */
  public static void main(String[] args) throws IOException {
    Map<String, String> flags = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      flags.put(args[i], args[i + 1]);
    }
    String dir = flags.get("--dir");
    if (dir == null || args.length % 2 != 0) {
      System.err.println("Usage: cloud --dir DIR [--port 8080]");
      System.exit(USAGE);
      return;
    }
    int port = Integer.parseInt(flags.getOrDefault("--port", "8080"));
    // It serves until it is killed; its threads keep the process alive.
    System.out.println("ready " + serve(Path.of(dir), port).url());
  }

  /** An answer: a status and a value a line. */
  private record Said(int status, String text) {}

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      List<String> path = List.of(exchange.getRequestURI().getPath().substring(1).split("/", -1));
      Map<String, String> asked = form(exchange);
      if (path.getFirst().equals("weather")) {
        answer(exchange, weather(path, asked));
        return;
      }
      String what = path.size() > 2 ? path.get(2) : "status";
      Weather.Now now = weather.now(what, asked);
      if (now.kind() == Weather.Kind.DOWN) {
        answer(exchange, new Said(UNAVAILABLE, "message=it is down\n"));
        return;
      }
      if (now.kind() == Weather.Kind.HOLD_BEFORE) {
        weather.hold(now);
      } else if (now.kind() == Weather.Kind.SLOW) {
        Thread.sleep(now.millis());
      }
      Said said = volumes(path, what, asked);
      if (now.kind() == Weather.Kind.HOLD_AFTER) {
        weather.hold(now);
      }
      if (now.kind() != Weather.Kind.LOSE) {
        answer(exchange, said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (NumberFormatException e) {
      answer(exchange, new Said(BAD, "message=not a number: " + e.getMessage() + "\n"));
    }
  }

  private Said weather(List<String> path, Map<String, String> asked) {
    if (path.size() > 1) {
      try {
        weather.become(
            Weather.Kind.valueOf(path.get(1).toUpperCase(Locale.ROOT).replace('-', '_')), asked);
      } catch (IllegalArgumentException e) {
        return new Said(NOT_FOUND, "message=there is no such weather\n");
      }
    }
    return new Said(OK, "held=" + weather.held() + "\n");
  }

  /** One request at a time, as if there were but one volume. */
  private synchronized Said volumes(List<String> path, String what, Map<String, String> asked)
      throws IOException {
    if (!path.getFirst().equals("volumes") || path.size() < 2) {
      return new Said(NOT_FOUND, "message=there is nothing by that name\n");
    }
    String name = path.get(1);
    if (what.equals("status")) {
      return new Said(OK, lines(journal.volume(name)));
    }
    Optional<Volume.Answer> answer = journal.change(name, what, asked);
    return answer
        .map(
            each ->
                switch (each) {
                  case Volume.Answer.Done(Volume volume, _) -> new Said(OK, lines(volume));
                  case Volume.Answer.Refused(String code, String message) ->
                      new Said(REFUSED, "code=" + code + "\nmessage=" + message + "\n");
                })
        .orElseGet(() -> new Said(NOT_FOUND, "message=nobody can ask for " + what + "\n"));
  }

  private static String lines(Volume volume) {
    return """
    fence=%d
    node=%s
    epoch=%s
    nonce=%s
    sizeBytes=%d
    snapshots=%s
    lines=%d
    """
        .formatted(
            volume.fence(),
            volume.attachment().map(Volume.Attachment::node).orElse(""),
            volume.attachment().map(now -> "" + now.epoch()).orElse(""),
            volume.attachment().map(Volume.Attachment::nonce).orElse(""),
            volume.sizeBytes(),
            String.join(" ", volume.snapshots()),
            volume.lines());
  }

  private static Map<String, String> form(HttpExchange exchange) throws IOException {
    Map<String, String> form = new HashMap<>();
    String query = exchange.getRequestURI().getRawQuery();
    String body = new String(exchange.getRequestBody().readNBytes(BODY_BYTES_MAX), UTF_8);
    for (String field : ((query == null ? "" : query + "&") + body).split("&", -1)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        form.put(field.substring(0, equals), URLDecoder.decode(field.substring(equals + 1), UTF_8));
      }
    }
    return form;
  }

  private static void answer(HttpExchange exchange, Said said) throws IOException {
    byte[] body = said.text().getBytes(UTF_8);
    exchange.sendResponseHeaders(said.status(), body.length);
    exchange.getResponseBody().write(body);
  }
}
