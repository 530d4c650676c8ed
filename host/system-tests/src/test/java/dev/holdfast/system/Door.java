package dev.holdfast.system;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A service's socket without the command line between: for conditions that are looked at many times
 * a second, and for changes that are many. HTTP/1.0, so that an answer ends with its connection.
 */
final class Door {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int BUFFER_BYTES = 16 * 1024;

  private final Path home;

  Door(Path home) {
    this.home = home;
  }

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  /** What {@code run/service.json} says. */
  JsonNode serviceFile() throws IOException {
    return json(Files.readString(home.resolve("run").resolve("service.json")));
  }

  /** The items that a path such as {@code /v1/resources} answers with. */
  List<JsonNode> items(String path) throws IOException {
    return items(path, get(path));
  }

  private static List<JsonNode> items(String asked, String answer) throws IOException {
    int body = answer.indexOf("\r\n\r\n");
    if (body < 0 || !answer.startsWith("200", "HTTP/1.1 ".length())) {
      throw new IOException(asked + " answered: " + answer);
    }
    return List.copyOf(json(answer.substring(body)).required("items").values());
  }

  /**
   * Makes a change and waits for its end.
   *
   * @throws IOException it was refused, failed, or the service went away before it said how it
   *     ended
   */
  void change(String method, String path, Object body) throws IOException {
    String answer = exchange(method, path, JSON.writeValueAsString(body));
    boolean done =
        answer
            .lines()
            .filter(line -> line.startsWith("{") && line.endsWith("}"))
            .reduce((_, later) -> later)
            .map(last -> json(last).path("operation").path("state").asString(""))
            .filter("done"::equals)
            .isPresent();
    if (!done) {
      throw new IOException(method + " " + path + " did not succeed: " + answer);
    }
  }

  /**
   * Asks for what is answered when it is done; the items of the answer.
   *
   * @throws IOException it was refused, failed, or the service went away before it answered
   */
  List<JsonNode> tell(String method, String path, Object body) throws IOException {
    return items(method + " " + path, exchange(method, path, JSON.writeValueAsString(body)));
  }

  /** Asks for a change, and does not wait for what becomes of it. */
  void begin(String method, String path) throws IOException {
    String answer = exchange(method, path, "");
    if (!answer.startsWith("202", "HTTP/1.1 ".length())) {
      throw new IOException(method + " " + path + " answered: " + answer);
    }
  }

  private String get(String path) throws IOException {
    return exchange("GET", path, "");
  }

  private String exchange(String method, String path, String body) throws IOException {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String head =
        """
        %s %s HTTP/1.0
        Host: localhost
        Accept: %s
        Content-Type: application/json
        Content-Length: %d

        """
            .formatted(
                method,
                path,
                body.isEmpty() ? "application/json" : "application/x-ndjson",
                content.length)
            .replace("\n", "\r\n");
    var socket = UnixDomainSocketAddress.of(serviceFile().required("socket").asString());
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(socket);
      write(channel, head.getBytes(StandardCharsets.US_ASCII));
      write(channel, content);
      var answer = new ByteArrayOutputStream();
      ByteBuffer piece = ByteBuffer.allocate(BUFFER_BYTES);
      while (channel.read(piece) >= 0) {
        answer.write(piece.array(), 0, piece.position());
        piece.clear();
      }
      return answer.toString(StandardCharsets.UTF_8);
    }
  }

  private static void write(SocketChannel channel, byte[] content) throws IOException {
    for (ByteBuffer bytes = ByteBuffer.wrap(content); bytes.hasRemaining(); ) {
      channel.write(bytes);
    }
  }
}
