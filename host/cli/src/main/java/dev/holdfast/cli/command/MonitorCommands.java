package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code holdfast monitor …}. */
final class MonitorCommands {
  private MonitorCommands() {}

  static List<String> table(List<JsonNode> monitors) {
    var table = new Table("NAME", "KIND", "PID", "STATE", "RESTARTS", "EPOCH", "RESOURCES");
    for (JsonNode monitor : monitors) {
      table.row(
          Details.inline(monitor.path("name")),
          Details.inline(monitor.path("kind")),
          Details.inline(monitor.path("pid")),
          Details.inline(monitor.path("state")),
          Details.inline(monitor.path("restarts")),
          Details.inline(monitor.path("epoch")),
          Details.inline(monitor.path("resources")));
    }
    return table.lines();
  }

  /** A command about one monitor. */
  abstract static class OnMonitor extends Verb {
    @Parameters(index = "0", paramLabel = "MONITOR", description = "Its name.")
    String monitor = "";
  }

  static final class ListAll extends Verb {
    @Override
    int run(Session session) {
      session.print(service(session).ask(Target.of("monitors")), MonitorCommands::table);
      return ExitCode.OK.number();
    }
  }

  static final class Show extends OnMonitor {
    @Override
    int run(Session session) {
      session.printDetails(service(session).ask(Target.of("monitors", monitor)));
      return ExitCode.OK.number();
    }
  }

  /** The ways to harm a monitor. */
  enum Signal {
    KILL,
    STOP,
    SEGV
  }

  static final class Kill extends OnMonitor {
    @Option(
        names = "--signal",
        paramLabel = "SIGNAL",
        description = "KILL (default), STOP or SEGV.")
    Signal signal = Signal.KILL;

    @Override
    int run(Session session) {
      return session.change(
          "POST",
          Target.of("monitors", monitor, "kill"),
          Json.object().put("signal", signal.name()));
    }
  }

  static final class Restart extends OnMonitor {
    @Override
    int run(Session session) {
      return session.change("POST", Target.of("monitors", monitor, "restart"), null);
    }
  }
}
