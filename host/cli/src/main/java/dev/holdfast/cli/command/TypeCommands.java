package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Format;
import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code holdfast type …}. */
final class TypeCommands {
  /** Reading archives again takes as long as the disk does. */
  private static final Duration VERIFYING = Duration.ofMinutes(10);

  private TypeCommands() {}

  private static List<String> table(Session session, List<JsonNode> types) {
    boolean wide = session.flags().format == Format.wide;
    var table =
        wide
            ? new Table(
                "NAME", "PLUGIN", "VERSION", "STATUS", "VERSIONS", "DIGEST", "ARCHIVE", "DETAIL")
            : new Table("NAME", "PLUGIN", "VERSION", "STATUS", "DETAIL");
    for (JsonNode type : types) {
      List<String> cells = new ArrayList<>();
      for (String field : List.of("name", "plugin", "pluginVersion", "status")) {
        cells.add(Details.inline(type.path(field)));
      }
      if (wide) {
        for (String field : List.of("versions", "digest", "archive")) {
          cells.add(Details.inline(type.path(field)));
        }
      }
      cells.add(Details.inline(type.path("detail")));
      table.row(cells);
    }
    return table.lines();
  }

  static final class ListAll extends Verb {
    @Option(
        names = "--available",
        description = "What could be registered by its name, because this node has it.")
    boolean available;

    @Override
    int run(Session session) {
      if (available) {
        session.print(
            service(session).ask(Target.of("available-types"), VERIFYING),
            TypeCommands::availableTable);
        return ExitCode.OK.number();
      }
      session.print(service(session).ask(Target.of("types")), types -> table(session, types));
      return ExitCode.OK.number();
    }
  }

  private static List<String> availableTable(List<JsonNode> types) {
    var table = new Table("NAME", "FAMILY", "REGISTERED");
    for (JsonNode type : types) {
      table.row(
          List.of(
              Details.inline(type.path("name")),
              Details.inline(type.path("family")),
              Details.inline(type.path("registered"))));
    }
    return table.lines();
  }

  static final class Show extends Verb {
    @Parameters(paramLabel = "TYPE", description = "Its registered name.")
    String type = "";

    @Override
    int run(Session session) {
      session.printDetails(service(session).ask(Target.of("types", type)));
      return ExitCode.OK.number();
    }
  }

  static final class Register extends Verb {
    /** A member's name, such as ocf:heartbeat:Dummy: words between colons, and no path. */
    private static final Pattern MEMBER = Pattern.compile("[^/:]+(:[^/:]+)+");

    @Parameters(
        paramLabel = "ZIP|NAME",
        description = "The plugin archive; or what a family is to make a type of, by name.")
    String what = "";

    @Override
    int run(Session session) {
      Path file = Path.of(what).toAbsolutePath().normalize();
      if (!Files.exists(file) && MEMBER.matcher(what).matches()) {
        return session.change("POST", Target.of("types"), Json.object().put("name", what));
      }
      if (!Files.exists(file)) {
        throw new Failure(ExitCode.NOT_FOUND, "There is no file " + file + ".");
      }
      if (!Files.isRegularFile(file)) {
        throw new Failure(ExitCode.INVALID, file + " is not a file, and so no plugin archive.");
      }
      return session.change(
          "POST", Target.of("types"), Json.object().put("archive", file.toString()));
    }
  }

  static final class Unregister extends Verb {
    @Parameters(paramLabel = "TYPE", description = "Its registered name.")
    String type = "";

    @Option(names = "--force", description = "Also when resources of the type exist.")
    boolean force;

    @Override
    int run(Session session) {
      return session.change(
          "DELETE", Target.of("types", type).with("force", force ? true : null), null);
    }
  }

  static final class Verify extends Verb {
    @Override
    int run(Session session) {
      JsonNode answer = service(session).ask(Target.of("type-verification"), VERIFYING);
      session.print(answer, types -> table(session, types));
      for (JsonNode type : answer.path("items").values()) {
        if (!type.path("status").asString("").equals("Registered")) {
          return ExitCode.NO.number();
        }
      }
      return ExitCode.OK.number();
    }
  }
}
