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
 * Reads from a service's socket without the command line between: for conditions that are looked at
 * many times a second. HTTP/1.0, so that an answer ends with its connection.
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
    String answer = get(path);
    int body = answer.indexOf("\r\n\r\n");
    if (body < 0 || !answer.startsWith("200", "HTTP/1.1 ".length())) {
      throw new IOException(path + " answered: " + answer);
    }
    return List.copyOf(json(answer.substring(body)).required("items").values());
  }

  /**
   * Asks for a change and reads its narration to the end.
   *
   * @return the operation as it ended: its {@code state} is {@code done} or {@code failed}
   * @throws IOException the service went away before it said how it ended, or refused
   */
  JsonNode change(String method, String path, String body) throws IOException {
    String answer =
        exchange(
            "%s %s HTTP/1.0\r\nHost: localhost\r\nAccept: application/x-ndjson\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(method, path, body.getBytes(StandardCharsets.UTF_8).length, body));
    JsonNode last =
        answer
            .substring(Math.max(0, answer.indexOf("\r\n\r\n")))
            .lines()
            .filter(line -> line.startsWith("{"))
            .reduce((_, later) -> later)
            .map(Door::json)
            .orElseThrow(() -> new IOException(method + " " + path + " answered: " + answer));
    JsonNode operation = last.path("operation");
    if (!operation.path("state").asString("").matches("done|failed")) {
      throw new IOException(method + " " + path + " was not answered to its end: " + answer);
    }
    return operation;
  }

  /** Asks for a change, and does not wait for what becomes of it. */
  void begin(String method, String path) throws IOException {
    String answer =
        exchange(
            "%s %s HTTP/1.0\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
                .formatted(method, path));
    if (!answer.startsWith("202", "HTTP/1.1 ".length())) {
      throw new IOException(method + " " + path + " answered: " + answer);
    }
  }

  private String get(String path) throws IOException {
    return exchange("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
  }

  private String exchange(String request) throws IOException {
    var socket = UnixDomainSocketAddress.of(serviceFile().required("socket").asString());
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(socket);
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      var answer = new ByteArrayOutputStream();
      ByteBuffer piece = ByteBuffer.allocate(BUFFER_BYTES);
      while (channel.read(piece) >= 0) {
        answer.write(piece.array(), 0, piece.position());
        piece.clear();
      }
      return answer.toString(StandardCharsets.UTF_8);
    }
  }
}
