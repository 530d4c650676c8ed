package dev.holdfast.client.door;

import dev.holdfast.client.transport.Lines;
import dev.holdfast.client.transport.Reply;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what the service answers. */
public final class Answers {
  /** No answer fills the memory of who asked; a key that is larger can be exported. */
  private static final int MAX_DOCUMENT_BYTES = 256 << 20;

  private static final int FIRST_REFUSAL = 400;

  private Answers() {}

  /**
   * The document that a reply is.
   *
   * @throws RefusalException it is a problem document
   * @throws IOException the connection broke off, or that is no document
   */
  public static JsonNode document(Reply reply) throws IOException, RefusalException {
    byte[] body = reply.body().readNBytes(MAX_DOCUMENT_BYTES + 1);
    if (body.length > MAX_DOCUMENT_BYTES) {
      throw new IOException(
          "The service's answer is longer than " + MAX_DOCUMENT_BYTES + " bytes.");
    }
    JsonNode document;
    try {
      document = JsonMapper.shared().readTree(body);
    } catch (JacksonException noJson) {
      throw new IOException(
          "The service's answer is not JSON (HTTP " + reply.status() + ").", noJson);
    }
    if (reply.status() >= FIRST_REFUSAL) {
      throw new RefusalException(Problem.of(reply.status(), document));
    }
    return document;
  }

  /** Throws what {@link #document} does, of a reply that is something else unless refused. */
  public static void requireGood(Reply reply) throws IOException, RefusalException {
    if (reply.status() >= FIRST_REFUSAL) {
      document(reply);
    }
  }

  /** The next object of an answer that goes on; null at its end. */
  public static @Nullable JsonNode next(Lines lines) throws IOException {
    String line = lines.next();
    try {
      return line == null ? null : JsonMapper.shared().readTree(line);
    } catch (JacksonException noJson) {
      throw new IOException("A line of the service's answer is not JSON.", noJson);
    }
  }
}
