package dev.holdfast.bench;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The service's HTTP API as lightly as it can be asked: a connection for each question, HTTP/1.0,
 * so that an answer ends where the connection does.
 */
final class Api {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final UnixDomainSocketAddress address;

  Api(Path socket) {
    address = UnixDomainSocketAddress.of(socket);
  }

  /** The first item of an answer. */
  JsonNode one(String path) throws IOException {
    return JSON.readTree(get(path)).path("items").path(0);
  }

  /** All items of an answer. */
  JsonNode all(String path) throws IOException {
    return JSON.readTree(get(path)).path("items");
  }

  /** An answer's text. */
  String get(String path) throws IOException {
    return ask("GET", path, "application/json", null);
  }

  /** Whether there is such a thing. */
  boolean has(String path) throws IOException {
    return exchange("GET", path, "application/json", null).startsWith("200", 9);
  }

  /** Makes a change, and waits for its end. */
  void change(String method, String path, Object body) throws IOException {
    String lines = ask(method, path, "application/x-ndjson", JSON.writeValueAsString(body)).strip();
    JsonNode last = JSON.readTree(lines.substring(lines.lastIndexOf('\n') + 1));
    if (!last.path("operation").path("state").asString("").equals("done")) {
      throw new IOException(method + " " + path + " did not succeed: " + last);
    }
  }

  /** Says something that is answered at once. */
  JsonNode tell(String path, Object body) throws IOException {
    return JSON.readTree(ask("POST", path, "application/json", JSON.writeValueAsString(body)));
  }

  /** A connection for many requests. */
  KeptConnection connect() throws IOException {
    return new KeptConnection(address.getPath());
  }

  /** A body as it is sent. */
  static byte[] bytes(Object body) {
    return JSON.writeValueAsBytes(body);
  }

  private String ask(String method, String path, String accept, @Nullable String body)
      throws IOException {
    String answer = exchange(method, path, accept, body);
    if (!answer.startsWith("2", 9)) {
      throw new IOException(method + " " + path + " was refused: " + answer);
    }
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  private String exchange(String method, String path, String accept, @Nullable String body)
      throws IOException {
    byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
    String head =
        String.join(
            "\r\n",
            method + " " + path + " HTTP/1.0",
            "Host: localhost",
            "Accept: " + accept,
            "Content-Type: application/json",
            "Content-Length: " + content.length,
            "",
            "");
    try (SocketChannel channel = SocketChannel.open(address)) {
      write(channel, head.getBytes(StandardCharsets.UTF_8));
      write(channel, content);
      byte[] answer = Channels.newInputStream(channel).readAllBytes();
      if (answer.length == 0) {
        throw new IOException("The service closed the connection without an answer.");
      }
      return new String(answer, StandardCharsets.UTF_8);
    }
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    for (ByteBuffer buffer = ByteBuffer.wrap(bytes); buffer.hasRemaining(); ) {
      channel.write(buffer);
    }
  }
}
