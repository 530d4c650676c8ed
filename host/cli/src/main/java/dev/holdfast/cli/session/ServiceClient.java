package dev.holdfast.cli.session;

import dev.holdfast.cli.output.Json;
import dev.holdfast.client.door.Answers;
import dev.holdfast.client.door.Door;
import dev.holdfast.client.door.NoServiceException;
import dev.holdfast.client.door.RefusalException;
import dev.holdfast.client.transport.Body;
import dev.holdfast.client.transport.DeadlineException;
import dev.holdfast.client.transport.Lines;
import dev.holdfast.client.transport.Reply;
import dev.holdfast.client.transport.Target;
import dev.holdfast.client.transport.UnixHttp;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Asks the service. Everything that goes wrong comes out as a {@link Failure}. */
public final class ServiceClient {
  /** A service that does not answer a question in this time does not answer. */
  static final Duration ANSWER = Duration.ofSeconds(30);

  static final String STREAM = "application/x-ndjson";
  private static final String DOCUMENT = "application/json";

  private final Home home;

  ServiceClient(Home home) {
    this.home = home;
  }

  /** Asks a question; the answer's envelope. */
  public JsonNode ask(Target target) {
    return ask(target, ANSWER);
  }

  /** Asks a question that may take its time. */
  public JsonNode ask(Target target, Duration atMost) {
    try (UnixHttp connection = connect()) {
      connection.limit(atMost);
      return document(connection.send("GET", target.toString(), DOCUMENT, null));
    } catch (IOException broken) {
      throw unreachable(broken);
    }
  }

  /**
   * A file.
   *
   * @param losses what it does not carry, in words; empty if it carries all
   * @param revision of what it was made of, if it has one
   */
  @SuppressWarnings("ArrayRecordComponent") // Written out as it is, and compared by nobody.
  public record Fetched(byte[] bytes, String losses, @Nullable String revision) {}

  /** Asks for a file. */
  public Fetched fetch(Target target, Duration atMost) {
    try (UnixHttp connection = connect()) {
      connection.limit(atMost);
      Reply reply = connection.send("GET", target.toString(), "application/octet-stream", null);
      requireGood(reply);
      return new Fetched(
          reply.body().readAllBytes(),
          reply.headers().getOrDefault("holdfast-loss", ""),
          reply.headers().get("holdfast-revision"));
    } catch (IOException broken) {
      throw unreachable(broken);
    }
  }

  /** Takes a file as it comes. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Reads all of it.
     *
     * @param sizeBytes of the file; below zero if it was not said
     * @param revision of what it was made of, if it has one
     */
    void read(InputStream body, long sizeBytes, @Nullable String revision) throws IOException;
  }

  /**
   * Asks for a file of any size.
   *
   * @param atMost until it begins
   * @throws IOException what the reader threw, or the connection broke off
   */
  public void stream(Target target, Duration atMost, Reader reader) throws IOException {
    try (UnixHttp connection = connect()) {
      connection.limit(atMost);
      Reply reply = connection.send("GET", target.toString(), "application/x-tar", null);
      requireGood(reply);
      connection.limit(null);
      reader.read(
          reply.body(),
          Long.parseLong(reply.headers().getOrDefault("content-length", "-1")),
          reply.headers().get("holdfast-revision"));
    }
  }

  /** Has something changed at once; the answer's envelope, when it is durable. */
  public JsonNode tell(Target target, byte[] body, Duration atMost) {
    try (UnixHttp connection = connect()) {
      connection.limit(atMost);
      return document(connection.send("POST", target.toString(), DOCUMENT, Body.of(body)));
    } catch (DeadlineException late) {
      throw new Failure(
          ExitCode.TIMEOUT, "The service has not answered; the change may be made yet.", late);
    } catch (IOException broken) {
      throw unreachable(broken);
    }
  }

  /** Reads a stream until it ends. */
  public void follow(Target target, Consumer<JsonNode> reader) {
    try (UnixHttp connection = connect()) {
      connection.limit(ANSWER);
      Reply reply = connection.send("GET", target.toString(), STREAM, null);
      connection.limit(null);
      readLines(reply, reader);
    } catch (IOException broken) {
      throw unreachable(broken);
    }
  }

  /** Gives a command and does not wait for its end; the operation as it is then. */
  public JsonNode submit(String method, Target target, @Nullable JsonNode body) {
    return submit(method, target, body, ANSWER);
  }

  /** The same for one that is checked first, which may take its time. */
  public JsonNode submit(String method, Target target, @Nullable JsonNode body, Duration accepted) {
    try (UnixHttp connection = connect()) {
      connection.limit(accepted);
      return document(connection.send(method, target.toString(), DOCUMENT, body(body)));
    } catch (DeadlineException late) {
      throw new Failure(
          ExitCode.TIMEOUT, "The service has not answered; the command may go on.", late);
    } catch (IOException broken) {
      throw unreachable(broken);
    }
  }

  /**
   * Gives a command and reads what its operation says, to the end.
   *
   * @param accepted how long it may take to be accepted, where there is no other limit
   * @param atMost how long all may take; null for no limit
   * @throws DeadlineException that time is over
   */
  public void submitAndFollow(
      String method,
      Target target,
      @Nullable JsonNode body,
      Duration accepted,
      @Nullable Duration atMost,
      Consumer<JsonNode> reader)
      throws DeadlineException {
    try (UnixHttp connection = connect()) {
      connection.limit(atMost == null ? accepted : atMost);
      Reply reply = connection.send(method, target.toString(), STREAM, body(body));
      if (atMost == null) {
        connection.limit(null);
      }
      readLines(reply, reader);
    } catch (DeadlineException late) {
      throw late;
    } catch (IOException broken) {
      throw unreachable(broken);
    }
  }

  private static @Nullable Body body(@Nullable JsonNode body) {
    return body == null ? null : Body.of(Json.bytes(body));
  }

  private UnixHttp connect() {
    try {
      return Door.open(home.path(), ANSWER);
    } catch (NoServiceException none) {
      throw new Failure(
          ExitCode.UNREACHABLE,
          none.isStarting()
              ? none.getMessage()
              : none.getMessage() + " Start one with: " + home.startCommand(),
          none);
    }
  }

  private static JsonNode document(Reply reply) throws IOException {
    try {
      return Answers.document(reply);
    } catch (RefusalException refused) {
      throw failure(refused);
    }
  }

  private static void requireGood(Reply reply) throws IOException {
    try {
      Answers.requireGood(reply);
    } catch (RefusalException refused) {
      throw failure(refused);
    }
  }

  private static void readLines(Reply reply, Consumer<JsonNode> reader) throws IOException {
    requireGood(reply);
    var lines = new Lines(reply.body());
    for (JsonNode next = Answers.next(lines); next != null; next = Answers.next(lines)) {
      reader.accept(next);
    }
  }

  private static Failure failure(RefusalException refused) {
    return new Failure(refused.problem());
  }

  private Failure unreachable(IOException broken) {
    return new Failure(
        ExitCode.UNREACHABLE,
        "The cluster service of " + home.path() + " broke off: " + broken.getMessage(),
        broken);
  }
}
