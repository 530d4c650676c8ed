package dev.holdfast.cli.command;

import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.io.Console;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code holdfast status}. */
final class StatusCommand extends Verb {
  private static final Duration REDRAW = Duration.ofSeconds(2);
  private static final String HOME_AND_CLEAR = "\033[H\033[2J";

  @Option(names = "--watch", description = "Show it anew every two seconds, until interrupted.")
  boolean watch;

  @Option(
      names = "--check",
      description = "One line for a monitoring system: 0 ok, 1 warning, 2 critical, 3 unknown.")
  boolean check;

  @Override
  int run(Session session) {
    if (check) {
      return check(session);
    }
    if (!watch) {
      print(session, service(session).ask(Target.of("status")));
      return ExitCode.OK.number();
    }
    boolean onTerminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    while (!Thread.currentThread().isInterrupted()) {
      JsonNode status = service(session).ask(Target.of("status"));
      if (onTerminal) {
        session.out().print(HOME_AND_CLEAR);
      }
      print(session, status);
      session.out().flush();
      try {
        Thread.sleep(REDRAW);
      } catch (InterruptedException enough) {
        Thread.currentThread().interrupt();
      }
    }
    return ExitCode.OK.number();
  }

  private static void print(Session session, JsonNode envelope) {
    session.print(envelope, items -> new StatusPage(session.times()).lines(items.getFirst()));
  }

  private static int check(Session session) {
    @Nullable JsonNode status = null;
    String unknown = "";
    try {
      status = service(session).ask(Target.of("status")).path("items").path(0);
    } catch (Failure noAnswer) {
      unknown = String.valueOf(noAnswer.getMessage());
    }
    Verdict verdict =
        status == null
            ? Verdict.unknown(unknown)
            : Verdict.of(status, session.surroundings().clock().instant());
    session.out().println(verdict.line());
    return verdict.exitCode();
  }
}
