package dev.holdfast.client;

import dev.holdfast.client.door.Answers;
import dev.holdfast.client.door.NoServiceException;
import dev.holdfast.client.door.Problem;
import dev.holdfast.client.door.RefusalException;
import dev.holdfast.client.transport.Body;
import dev.holdfast.client.transport.DeadlineException;
import dev.holdfast.client.transport.Reply;
import dev.holdfast.client.transport.Target;
import dev.holdfast.client.transport.UnixHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Asks the service, a connection for each call. Everything that goes wrong comes out as a {@link
 * RegistryException}. Thread-safe.
 */
final class Service {
  private static final String DOCUMENT = "application/json";

  /** The kinds of "no" as problem documents have them, by what a command ends with. */
  private static final int NOT_FOUND = 4;

  private static final int UNREACHABLE = 5;
  private static final int NOT_PERMITTED = 6;
  private static final int CONFLICT = 7;
  private static final int TIMEOUT = 8;
  private static final int INTERNAL = 70;

  private final RegistryLocation location;
  private final Deadlines deadlines;

  Service(RegistryLocation location, Deadlines deadlines) {
    this.location = location;
    this.deadlines = deadlines;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  /** Takes what it needs from a reply. */
  @FunctionalInterface
  interface Reading<T> {
    T of(Reply reply) throws IOException, RefusalException;
  }

  /** A connection; nothing was sent yet. */
  UnixHttp connect() {
    try {
      return location.open(deadlines.connect());
    } catch (NoServiceException none) {
      throw new UnreachableException(
          none.isStarting() ? "ServiceStarting" : "NoService", none.getMessage(), none);
    } catch (IOException failed) {
      throw new UnreachableException(
          failed instanceof DeadlineException ? "TimedOut" : "NoService",
          "No cluster service can be reached at " + location + ": " + failed.getMessage(),
          failed);
    }
  }

  /** What a question is answered with. */
  <T> List<T> read(Target target, Function<JsonNode, T> reading) {
    return call(
        "GET",
        target,
        DOCUMENT,
        null,
        deadlines.call(),
        false,
        reply -> Documents.all(items(reply), reading));
  }

  /**
   * What was committed.
   *
   * @param dryRun only checks
   */
  List<Commit> change(
      String method, Target target, @Nullable Body body, Duration wait, boolean dryRun) {
    return call(
        method,
        target.with("dryRun", dryRun ? true : null),
        DOCUMENT,
        body,
        wait,
        !dryRun,
        reply -> Documents.all(items(reply), Documents::commit));
  }

  /** Has it done at once; durable when it returns. */
  Commit changeOne(
      String method, Target target, @Nullable Body body, Duration wait, boolean dryRun) {
    return change(method, target, body, wait, dryRun).get(0);
  }

  /**
   * One call.
   *
   * @param isChange whether something may have been done when no answer comes
   */
  <T> T call(
      String method,
      Target target,
      String accept,
      @Nullable Body body,
      Duration wait,
      boolean isChange,
      Reading<T> reading) {
    UnixHttp connection = connect();
    try (connection) {
      connection.limit(wait);
      return reading.of(connection.send(method, target.toString(), accept, body));
    } catch (RefusalException refused) {
      throw refused(refused.problem(), isChange);
    } catch (IOException broken) {
      throw broken(broken, isChange && connection.isSent());
    }
  }

  static List<JsonNode> items(Reply reply) throws IOException, RefusalException {
    JsonNode items = Answers.document(reply).path("items");
    if (!items.isArray()) {
      throw new IOException("The service's answer has no items.");
    }
    return List.copyOf(items.values());
  }

  /** What a connection that broke means for the caller. */
  static RegistryException broken(IOException cause, boolean mayHaveBeenDone) {
    String code = cause instanceof DeadlineException ? "TimedOut" : "ConnectionLost";
    String found = "The cluster service gave no answer: " + cause.getMessage();
    return mayHaveBeenDone
        ? new MayHaveBeenDoneException(
            code, found + " The change was sent; it may have been made.", cause)
        : new UnreachableException(code, found + " Nothing was changed.", cause);
  }

  static RegistryException refused(Problem problem, boolean isChange) {
    String code = problem.code();
    String detail = problem.detail();
    return switch (problem.exitCode()) {
      case NOT_FOUND -> new NotFoundException(code, detail);
      case NOT_PERMITTED -> new DeniedException(code, detail);
      case CONFLICT ->
          code.equals("PreconditionFailed")
              ? new PreconditionFailedException(code, detail)
              : new ConflictException(code, detail);
      case UNREACHABLE -> new UnreachableException(code, detail, null);
      // What fails by the service's own mistake may fail behind the deed.
      case TIMEOUT, INTERNAL ->
          isChange
              ? new MayHaveBeenDoneException(code, detail, null)
              : new RefusedException(code, detail);
      default -> new RefusedException(code, detail);
    };
  }
}
