package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code holdfast service …}. */
final class ServiceCommands {
  private ServiceCommands() {}

  static final class Status extends Verb {
    @Override
    int run(Session session) {
      JsonNode status = service(session).ask(Target.of("status")).path("items").path(0);
      session.printDetails(Session.envelope("Service", status.path("service")));
      return ExitCode.OK.number();
    }
  }

  static final class Stop extends Verb {
    /** So long may a service take to let go of what it holds. */
    private static final Duration END_LIMIT = Duration.ofSeconds(15);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    @Option(names = "--keep", description = "Leave applications running for the next serve.")
    boolean keep;

    @Override
    int run(Session session) {
      int code =
          session.change("POST", Target.of("service", "stop"), Json.object().put("keep", keep));
      if (!session.flags().noWait && !session.flags().dryRun) {
        awaitEnd(session.home().path().resolve("run").resolve("service.json"));
      }
      return code;
    }

    /** The service removes its file last of all: then the next serve is not refused any more. */
    private static void awaitEnd(Path serviceFile) {
      long end = System.nanoTime() + END_LIMIT.toNanos();
      while (Files.exists(serviceFile) && System.nanoTime() - end < 0) {
        LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      }
    }
  }
}
