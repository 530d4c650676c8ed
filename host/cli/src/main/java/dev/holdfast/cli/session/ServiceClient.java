package dev.holdfast.cli.session;

import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.transport.DeadlineException;
import dev.holdfast.cli.transport.Lines;
import dev.holdfast.cli.transport.Reply;
import dev.holdfast.cli.transport.UnixHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Asks the service. Everything that goes wrong comes out as a {@link Failure}. */
public final class ServiceClient {
  /** A service that does not answer a question in this time does not answer. */
  private static final Duration ANSWER = Duration.ofSeconds(30);

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
    try (UnixHttp connection = Door.open(home)) {
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
    try (UnixHttp connection = Door.open(home)) {
      connection.limit(atMost);
      Reply reply = connection.send("GET", target.toString(), "application/octet-stream", null);
      if (reply.status() >= 400) {
        document(reply);
      }
      return new Fetched(
          reply.body().readAllBytes(),
          reply.headers().getOrDefault("holdfast-loss", ""),
          reply.headers().get("holdfast-revision"));
    } catch (IOException broken) {
      throw unreachable(broken);
    }
  }

  /** Has something changed at once; the answer's envelope, when it is durable. */
  public JsonNode tell(Target target, byte[] body, Duration atMost) {
    try (UnixHttp connection = Door.open(home)) {
      connection.limit(atMost);
      return document(connection.send("POST", target.toString(), DOCUMENT, body));
    } catch (DeadlineException late) {
      throw new Failure(
          ExitCode.TIMEOUT, "The service has not answered; the change may be made yet.", late);
    } catch (IOException broken) {
      throw unreachable(broken);
    }
  }

  /** Reads a stream until it ends. */
  public void follow(Target target, Consumer<JsonNode> reader) {
    try (UnixHttp connection = Door.open(home)) {
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
    try (UnixHttp connection = Door.open(home)) {
      connection.limit(ANSWER);
      return document(connection.send(method, target.toString(), DOCUMENT, bytes(body)));
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
   * @param atMost how long all may take; null for no limit
   * @throws DeadlineException that time is over
   */
  public void submitAndFollow(
      String method,
      Target target,
      @Nullable JsonNode body,
      @Nullable Duration atMost,
      Consumer<JsonNode> reader)
      throws DeadlineException {
    try (UnixHttp connection = Door.open(home)) {
      connection.limit(atMost == null ? ANSWER : atMost);
      Reply reply = connection.send(method, target.toString(), STREAM, bytes(body));
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

  private static byte @Nullable [] bytes(@Nullable JsonNode body) {
    return body == null ? null : Json.bytes(body);
  }

  private static JsonNode document(Reply reply) throws IOException {
    byte[] body = reply.body().readAllBytes();
    JsonNode document;
    try {
      document = Json.read(body);
    } catch (JacksonException noJson) {
      throw new IOException(
          "The service's answer is not JSON (HTTP " + reply.status() + ").", noJson);
    }
    if (reply.status() >= 400) {
      throw refusal(document);
    }
    return document;
  }

  private static void readLines(Reply reply, Consumer<JsonNode> reader) throws IOException {
    if (reply.status() >= 400) {
      document(reply);
    }
    var lines = new Lines(reply.body());
    for (String line = lines.next(); line != null; line = lines.next()) {
      try {
        reader.accept(Json.read(line));
      } catch (JacksonException noJson) {
        throw new IOException("A line of the service's answer is not JSON.", noJson);
      }
    }
  }

  /** The failure that a problem document speaks of. */
  static Failure refusal(JsonNode problem) {
    return new Failure(
        problem.path("exitCode").asInt(ExitCode.INTERNAL.number()),
        problem.path("detail").asString("The service refused without a word."),
        null);
  }

  private Failure unreachable(IOException broken) {
    return new Failure(
        ExitCode.UNREACHABLE,
        "The cluster service of " + home.path() + " broke off: " + broken.getMessage(),
        broken);
  }
}
