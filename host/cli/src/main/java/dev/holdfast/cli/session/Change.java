package dev.holdfast.cli.session;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Text;
import dev.holdfast.cli.output.Times;
import dev.holdfast.client.transport.DeadlineException;
import dev.holdfast.client.transport.Target;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A command being given. Waits until its operation has ended and tells what it says; who interrupts
 * it (Ctrl-C) leaves, and the operation goes on.
 */
final class Change {
  private static final int SUBJECT_WIDTH = 10;

  private final Session session;
  private int subjectWidth = SUBJECT_WIDTH;
  private @Nullable JsonNode accepted;
  private @Nullable JsonNode ended;

  Change(Session session) {
    this.session = session;
  }

  int carryOut(String method, Target target, @Nullable JsonNode body, Duration accepted) {
    Flags flags = session.flags();
    if (flags.dryRun) {
      target.with("dryRun", true);
    }
    if (flags.noWait && !flags.dryRun) {
      return leave(session.service().submit(method, target, body, accepted));
    }
    Thread onInterrupt = new Thread(this::tellThatItGoesOn, "detached");
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try {
      session.service().submitAndFollow(method, target, body, accepted, limit(flags), this::read);
    } catch (DeadlineException late) {
      throw new Failure(
          ExitCode.TIMEOUT,
          "Timed out after " + waited(flags, accepted) + "; " + name() + " goes on.",
          late);
    } finally {
      forget(onInterrupt);
    }
    return end();
  }

  private static String waited(Flags flags, Duration accepted) {
    return limit(flags) == null ? accepted.toSeconds() + "s" : flags.wait;
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      // Interrupted just now: the hook runs, and may.
    }
  }

  private static @Nullable Duration limit(Flags flags) {
    if (flags.wait.equals(Flags.UNTIL_SETTLED)) {
      return null;
    }
    try {
      return Times.duration(flags.wait);
    } catch (IllegalArgumentException noDuration) {
      throw new Failure(ExitCode.USAGE, "--wait: " + noDuration.getMessage());
    }
  }

  private void read(JsonNode item) {
    JsonNode operation = item.path("operation");
    if (item.path("line").isObject()) {
      tell(item.path("line"));
    } else if (accepted == null) {
      accepted = operation;
    } else {
      ended = operation;
    }
  }

  private void tell(JsonNode line) {
    String subject = Text.oneLine(line.path("subject").asString(""));
    subjectWidth = Math.max(subjectWidth, Text.width(subject));
    session.narrate(
        "    "
            + session.times().clockTime(line.path("time").asString(""))
            + " "
            + Text.padded(subject, subjectWidth)
            + " "
            + Text.oneLine(line.path("text").asString("")));
  }

  private int leave(JsonNode envelope) {
    accepted = envelope.path("items").path(0);
    session.narrate("accepted: " + name());
    session.print(envelope, items -> List.of());
    return ExitCode.OK.number();
  }

  private int end() {
    JsonNode operation = ended;
    if (operation == null) {
      throw new Failure(
          ExitCode.UNREACHABLE,
          "The cluster service left before "
              + name()
              + " had ended; see what came of it with: holdfast status");
    }
    session.print(Session.envelope("Operation", operation), Change::values);
    if (operation.path("state").asString("").equals("failed")) {
      throw new Failure(
          operation.path("exitCode").asInt(ExitCode.FAILED.number()),
          operation.path("message").asString("It failed."),
          null);
    }
    session.narrate(
        "done in "
            + Times.precise(operation.path("tookMillis").asLong(0))
            + ": "
            + Text.oneLine(operation.path("message").asString("")));
    return ExitCode.OK.number();
  }

  /** What the operation found out or made, for people. */
  private static List<String> values(List<JsonNode> operations) {
    return operations.stream()
        .map(operation -> operation.path("values"))
        .filter(values -> !values.isEmpty())
        .flatMap(values -> Details.lines(values).stream())
        .toList();
  }

  private String name() {
    JsonNode operation = accepted;
    return operation == null
        ? "the operation"
        : "operation "
            + operation.path("id").asString("?")
            + " ("
            + Text.oneLine(operation.path("what").asString("?"))
            + ")";
  }

  private void tellThatItGoesOn() {
    PrintStream err = session.surroundings().err();
    err.println("holdfast: detached; " + name() + " goes on.");
    err.flush();
  }
}
