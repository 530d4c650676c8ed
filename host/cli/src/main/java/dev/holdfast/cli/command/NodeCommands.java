package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.util.List;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code holdfast node …}. */
final class NodeCommands {
  private NodeCommands() {}

  static final class ListAll extends Verb {
    @Override
    int run(Session session) {
      session.print(service(session).ask(Target.of("nodes")), ListAll::table);
      return ExitCode.OK.number();
    }

    private static List<String> table(List<JsonNode> nodes) {
      var table = new Table("NAME", "STATE", "PID", "SINCE", "GROUPS", "HOME");
      for (JsonNode node : nodes) {
        table.row(
            Details.inline(node.path("name")),
            Details.inline(node.path("state")),
            Details.inline(node.path("pid")),
            Details.inline(node.path("since")),
            Details.inline(node.path("groups")),
            Details.inline(node.path("home")));
      }
      return table.lines();
    }
  }

  static final class Show extends Verb {
    @Parameters(index = "0", paramLabel = "NODE", description = "Its name.")
    String node = "";

    @Override
    int run(Session session) {
      session.printDetails(service(session).ask(Target.of("nodes", node)));
      return ExitCode.OK.number();
    }
  }
}
