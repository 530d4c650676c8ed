package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.util.List;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code holdfast incident …}. */
final class IncidentCommands {
  private IncidentCommands() {}

  static final class ListAll extends Verb {
    @Override
    int run(Session session) {
      session.print(service(session).ask(Target.of("incidents")), all -> table(session, all));
      return ExitCode.OK.number();
    }

    private static List<String> table(Session session, List<JsonNode> incidents) {
      var table = new Table("SEQ", "TIME", "MONITOR", "PID", "EXIT", "CULPRIT", "VICTIMS");
      for (JsonNode incident : incidents) {
        table.row(
            Details.inline(incident.path("seq")),
            session.times().dateAndTime(incident.path("time").asString("-")),
            Details.inline(incident.path("monitor")),
            Details.inline(incident.path("pid")),
            Details.inline(incident.path("exit").path("reason")),
            Details.inline(incident.path("culprit")),
            Details.inline(incident.path("victims")));
      }
      return table.lines();
    }
  }

  static final class Show extends Verb {
    @Parameters(paramLabel = "SEQ", description = "Its number.")
    long seq;

    @Override
    int run(Session session) {
      session.printDetails(service(session).ask(Target.of("incidents", Long.toString(seq))));
      return ExitCode.OK.number();
    }
  }
}
