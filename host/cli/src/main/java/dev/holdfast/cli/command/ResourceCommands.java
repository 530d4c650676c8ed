package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Format;
import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.output.Text;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code holdfast resource …}. */
final class ResourceCommands {
  /** What is said of one whose checkpoints could not be restored. */
  static final String UNRESTORED = "running on unrestored configuration";

  private ResourceCommands() {}

  /** A command about one resource. */
  abstract static class OnResource extends Verb {
    @Parameters(index = "0", paramLabel = "RESOURCE", description = "Its name or id.")
    String resource = "";
  }

  /** A command that is a verb of the API, and nothing more. */
  abstract static class PlainVerb extends OnResource {
    private final String verb;

    PlainVerb(String verb) {
      this.verb = verb;
    }

    @Override
    int run(Session session) {
      return session.change("POST", Target.of("resources", resource, verb), null);
    }
  }

  static final class Online extends OnResource {
    @Option(
        names = "--adopt",
        description = {
          "Take over, as it runs, what was started outside Holdfast. Refused unless the last look"
              + " found it so."
        })
    boolean adopt;

    @Override
    int run(Session session) {
      return session.change(
          "POST",
          Target.of("resources", resource, "online").with("adopt", adopt ? true : null),
          null);
    }
  }

  static final class Offline extends PlainVerb {
    Offline() {
      super("offline");
    }
  }

  static final class Restart extends PlainVerb {
    Restart() {
      super("restart");
    }
  }

  static final class Fail extends PlainVerb {
    Fail() {
      super("fail");
    }
  }

  static final class ResetFailures extends PlainVerb {
    ResetFailures() {
      super("reset-failures");
    }
  }

  static final class ListAll extends Verb {
    @Override
    int run(Session session) {
      session.print(service(session).ask(Target.of("resources")), all -> table(session, all));
      return ExitCode.OK.number();
    }

    private static List<String> table(Session session, List<JsonNode> resources) {
      boolean wide = session.flags().format == Format.wide;
      List<String> fields =
          wide
              ? List.of(
                  "name",
                  "group",
                  "type",
                  "plugin",
                  "pluginVersion",
                  "typeStatus",
                  "state",
                  "health",
                  "wanted",
                  "monitor",
                  "monitorPid",
                  "pid",
                  "failures",
                  "restarts",
                  "adoptions",
                  "dependsOn",
                  "unrestored",
                  "id")
              : List.of("name", "group", "type", "state", "health", "monitor", "pid");
      List<String> headers = new ArrayList<>(fields);
      headers.add("since");
      headers.add("detail");
      var table =
          new Table(headers.stream().map(h -> h.toUpperCase(Locale.ROOT)).toArray(String[]::new));
      for (JsonNode resource : resources) {
        List<String> cells = new ArrayList<>();
        fields.forEach(field -> cells.add(Details.inline(resource.path(field))));
        cells.add(session.times().ago(resource.path("since").asString("-")));
        cells.add(detail(resource));
        table.row(cells);
      }
      return table.lines();
    }

    private static String detail(JsonNode resource) {
      String detail = Details.inline(resource.path("detail"));
      if (!resource.path("unrestored").asBoolean(false)) {
        return detail;
      }
      return resource.path("detail").isString() ? UNRESTORED + "; " + detail : UNRESTORED;
    }
  }

  static final class Show extends OnResource {
    @Override
    int run(Session session) {
      session.printDetails(service(session).ask(Target.of("resources", resource)));
      return ExitCode.OK.number();
    }
  }

  static final class Create extends OnResource {
    @Option(
        names = {"-t", "--type"},
        paramLabel = "TYPE",
        required = true,
        description = "Its type.")
    String type = "";

    @Option(
        names = {"-g", "--group"},
        paramLabel = "GROUP",
        required = true,
        description = "Its group.")
    String group = "";

    @Option(
        names = {"-p", "--property"},
        paramLabel = "NAME=VALUE",
        description = "A property; the same name again adds to a list.")
    List<String> properties = new ArrayList<>();

    @Option(names = "--separate-monitor", description = "It gets a monitor of its own.")
    boolean separateMonitor;

    @Option(
        names = "--depends",
        paramLabel = "EXPR",
        description = "What it depends on: NAME, or NAME and NAME.")
    List<String> depends = new ArrayList<>();

    @Override
    int run(Session session) {
      ObjectNode body =
          Json.object()
              .put("name", resource)
              .put("type", type)
              .put("group", group)
              .put("separateMonitor", separateMonitor);
      body.set("properties", Assignments.read(properties));
      ArrayNode dependsOn = body.putArray("dependsOn");
      depends.forEach(expression -> Dependencies.read(expression).forEach(dependsOn::add));
      return session.change("POST", Target.of("resources"), body);
    }
  }

  static final class Delete extends OnResource {
    @Override
    int run(Session session) {
      return session.change("DELETE", Target.of("resources", resource), null);
    }
  }

  static final class Set extends OnResource {
    @Option(names = "--private", description = "Only the type's own properties.")
    boolean privateOnly;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME=VALUE")
    List<String> assignments = new ArrayList<>();

    @Override
    int run(Session session) {
      ObjectNode body = Json.object().put("privateOnly", privateOnly);
      body.set("properties", Assignments.read(assignments));
      return session.change("PATCH", Target.of("resources", resource, "properties"), body);
    }
  }

  static final class Maintenance extends Verb {
    @Parameters(index = "0", paramLabel = "on|off")
    String mode = "";

    @Parameters(index = "1", paramLabel = "RESOURCE", description = "Its name or id.")
    String resource = "";

    @Override
    int run(Session session) {
      if (!mode.equals("on") && !mode.equals("off")) {
        throw usage("Maintenance is \"" + mode + "\"; it is on or off.");
      }
      return session.change(
          "PUT",
          Target.of("resources", resource, "maintenance"),
          Json.object().put("on", mode.equals("on")));
    }
  }

  static final class Control extends OnResource {
    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "NAME",
        description = "The control; without one, those that there are.")
    @Nullable String control;

    @Parameters(index = "2..*", arity = "0..*", paramLabel = "PARAMETER=VALUE")
    List<String> assignments = new ArrayList<>();

    @Override
    int run(Session session) {
      if (control == null) {
        return list(session);
      }
      ObjectNode body = Json.object();
      body.set("parameters", Assignments.read("parameter", assignments));
      return session.change("POST", Target.of("resources", resource, "controls", control), body);
    }

    /** By the type's registration: a monitor need not live. */
    private int list(Session session) {
      JsonNode shown = service(session).ask(Target.of("resources", resource)).path("items").path(0);
      JsonNode type =
          service(session)
              .ask(Target.of("types", shown.path("type").asString("")))
              .path("items")
              .path(0);
      List<JsonNode> controls = new ArrayList<>();
      type.path("controls").forEach(controls::add);
      if (controls.isEmpty()) {
        session.narrate("Type " + Details.inline(shown.path("type")) + " declares no controls.");
      }
      session.print(
          Session.envelope("ControlList", controls.toArray(JsonNode[]::new)), Control::table);
      return ExitCode.OK.number();
    }

    private static List<String> table(List<JsonNode> controls) {
      if (controls.isEmpty()) {
        return List.of();
      }
      var table = new Table("NAME", "PARAMETERS", "WHILE", "CHANGES", "HELP");
      for (JsonNode control : controls) {
        List<String> parameters = new ArrayList<>();
        control.path("parameters").forEach(each -> parameters.add(usage(each)));
        table.row(
            List.of(
                Details.inline(control.path("name")),
                parameters.isEmpty() ? "-" : String.join(" ", parameters),
                control.path("whileOffline").asBoolean(false)
                    ? "Online, Offline, Failed"
                    : "Online",
                control.path("readOnly").asBoolean(false) ? "no" : "yes",
                Details.inline(control.path("help"))));
      }
      return table.lines();
    }

    /** As it is typed: {@code name=Text}, in brackets what may be left out. */
    private static String usage(JsonNode parameter) {
      String choices = String.join("|", Details.inline(parameter.path("choices")).split(", ", -1));
      String typed =
          parameter.path("name").asString("")
              + "="
              + (parameter.path("choices").isEmpty()
                  ? parameter.path("kind").asString("").toUpperCase(Locale.ROOT)
                  : choices);
      return parameter.path("required").asBoolean(false) ? typed : "[" + typed + "]";
    }
  }

  static final class Patch extends OnResource {
    @Option(names = "--begin", description = "Restore its checkpoints, and let them be edited.")
    boolean begin;

    @Option(names = "--commit", description = "What is there now is what it goes online with.")
    boolean commit;

    @Option(
        names = "--abort",
        description =
            "Its checkpoints become what they were; other files do not. A tool that runs is ended"
                + " first, with all that it started.")
    boolean abort;

    @Parameters(
        index = "1..*",
        arity = "0..*",
        paramLabel = "-- CMD ARG",
        description = "A tool to run: begin, and commit when it exits with 0.")
    List<String> command = new ArrayList<>();

    @Override
    int run(Session session) {
      int steps = (begin ? 1 : 0) + (commit ? 1 : 0) + (abort ? 1 : 0);
      if (steps + (command.isEmpty() ? 0 : 1) != 1) {
        throw usage(
            "A patch takes one of --begin, --commit, --abort and a tool to run: holdfast resource"
                + " patch RESOURCE -- CMD ARG.");
      }
      if (command.isEmpty()) {
        String step = begin ? "begin" : commit ? "commit" : "abort";
        return session.change("POST", Target.of("resources", resource, "patch", step), null);
      }
      ObjectNode body = Json.object();
      ArrayNode words = body.putArray("command");
      command.forEach(words::add);
      return session.change("POST", Target.of("resources", resource, "patch", "run"), body);
    }
  }

  static final class Logs extends OnResource {
    private static final long DEFAULT_TAIL = 64 * 1024;

    @Option(
        names = {"-f", "--follow"},
        description = "Go on with what is written later.")
    boolean follow;

    @Option(
        names = "--tail",
        paramLabel = "BYTES",
        description = "Begin that many bytes before the end; default 65536.")
    long tail = DEFAULT_TAIL;

    @Override
    int run(Session session) {
      if (tail < 0) {
        throw usage("--tail is " + tail + "; it is a number of bytes, from 0 up.");
      }
      Object from = tail == 0 && !follow ? 0 : -tail;
      if (follow) {
        service(session)
            .follow(
                Target.of("resources", resource, "log", "stream").with("from", from),
                piece -> print(session, Session.envelope("Log", piece)));
      } else {
        print(
            session,
            service(session).ask(Target.of("resources", resource, "log").with("from", from)));
      }
      return ExitCode.OK.number();
    }

    private static void print(Session session, JsonNode envelope) {
      if (session.flags().format != Format.table) {
        session.print(envelope, items -> List.of());
        return;
      }
      String text = envelope.path("items").path(0).path("text").asString("");
      session.out().print(Text.manyLines(text));
      session.out().flush();
    }
  }
}
