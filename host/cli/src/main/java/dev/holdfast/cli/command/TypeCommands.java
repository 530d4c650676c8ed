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
    @Override
    int run(Session session) {
      session.print(service(session).ask(Target.of("types")), types -> table(session, types));
      return ExitCode.OK.number();
    }
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
    @Parameters(paramLabel = "ZIP", description = "The plugin archive.")
    Path archive = Path.of("");

    @Override
    int run(Session session) {
      Path file = archive.toAbsolutePath().normalize();
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
