package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code holdfast group …}. */
final class GroupCommands {
  private GroupCommands() {}

  /** A command about one group. */
  abstract static class OnGroup extends Verb {
    @Parameters(index = "0", paramLabel = "GROUP", description = "Its name or id.")
    String group = "";
  }

  static final class ListAll extends Verb {
    @Override
    int run(Session session) {
      session.print(service(session).ask(Target.of("groups")), ListAll::table);
      return ExitCode.OK.number();
    }

    private static List<String> table(List<JsonNode> groups) {
      var table = new Table("NAME", "STATE", "OWNER", "RESOURCES");
      for (JsonNode group : groups) {
        table.row(
            Details.inline(group.path("name")),
            Details.inline(group.path("state")),
            Details.inline(group.path("owner")),
            Details.inline(group.path("resources")));
      }
      return table.lines();
    }
  }

  static final class Show extends OnGroup {
    @Override
    int run(Session session) {
      session.printDetails(service(session).ask(Target.of("groups", group)));
      return ExitCode.OK.number();
    }
  }

  static final class Create extends OnGroup {
    @Override
    int run(Session session) {
      return session.change("POST", Target.of("groups"), Json.object().put("name", group));
    }
  }

  static final class Delete extends OnGroup {
    @Override
    int run(Session session) {
      return session.change("DELETE", Target.of("groups", group), null);
    }
  }

  static final class Online extends OnGroup {
    @Override
    int run(Session session) {
      return session.change("POST", Target.of("groups", group, "online"), null);
    }
  }

  static final class Offline extends OnGroup {
    @Override
    int run(Session session) {
      return session.change("POST", Target.of("groups", group, "offline"), null);
    }
  }

  static final class Move extends OnGroup {
    /** So long may the other node take to have the quorum, and this one to wait for it. */
    private static final Duration HANDOVER_LIMIT = Duration.ofSeconds(30);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    @Option(names = "--to", required = true, paramLabel = "NODE", description = "A waiting node.")
    String to = "";

    @Override
    int run(Session session) {
      int code =
          session.change("POST", Target.of("groups", group, "move"), Json.object().put("to", to));
      if (!session.flags().noWait && !session.flags().dryRun) {
        awaitHandover(session);
      }
      return code;
    }

    /** The service leaves its doors for a moment, and is back as one that waits for the other. */
    private void awaitHandover(Session session) {
      long end = System.nanoTime() + HANDOVER_LIMIT.toNanos();
      while (System.nanoTime() - end < 0) {
        if (holder(session).equalsIgnoreCase(to)) {
          session.narrate("node " + to + " has all groups, and brings them online");
          return;
        }
        LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      }
      throw new Failure(
          ExitCode.TIMEOUT,
          "Node " + to + " has not taken the quorum yet; see: holdfast node list");
    }

    private static String holder(Session session) {
      try {
        return service(session)
            .ask(Target.of("status"))
            .at("/items/0/service/waitsFor/node")
            .asString("");
      } catch (Failure away) {
        if (away.exitCode() == ExitCode.UNREACHABLE.number()) {
          return "";
        }
        throw away;
      }
    }
  }

  static final class Set extends OnGroup {
    @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME=VALUE")
    List<String> assignments = new ArrayList<>();

    @Override
    int run(Session session) {
      ObjectNode body = Json.object();
      body.set("properties", Assignments.read(assignments));
      return session.change("PATCH", Target.of("groups", group, "properties"), body);
    }
  }
}
