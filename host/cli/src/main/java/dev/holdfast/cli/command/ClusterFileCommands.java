package dev.holdfast.cli.command;

import dev.holdfast.cli.clusterfile.YamlDocument;
import dev.holdfast.cli.clusterfile.YamlProblemException;
import dev.holdfast.cli.clusterfile.YamlReader;
import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Format;
import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Text;
import dev.holdfast.cli.output.Yaml;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.door.Problem;
import dev.holdfast.client.transport.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code holdfast apply}, {@code diff} and {@code export}. */
final class ClusterFileCommands {
  /** Types are asked about properties, and what is to be checkpointed is read. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** What the service takes, too. */
  private static final int FILE_BYTES_MAX = 4 << 20;

  private ClusterFileCommands() {}

  /** A command about a file. */
  abstract static class OnFile extends Verb {
    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        required = true,
        description = "The cluster file, in YAML or JSON; - for stdin.")
    String file = "";

    @Option(
        names = "--prune",
        description = "Delete groups, resources and checkpoints that the file does not name.")
    boolean prune;

    Target target(String verb) {
      return Target.of(verb).with("prune", prune ? true : null);
    }

    /** Does something with the document; what the service finds wrong is told with its place. */
    <T> T with(Session session, Function<YamlDocument, T> deed) {
      YamlDocument document = read();
      try {
        return deed.apply(document);
      } catch (Failure refused) {
        if (refused.places().isEmpty()) {
          throw refused;
        }
        throw located(session, document, refused);
      }
    }

    private Failure located(Session session, YamlDocument document, Failure refused) {
      List<String> lines =
          refused.places().stream()
              .sorted(Comparator.comparingInt(place -> document.place(place.pointer()).line()))
              .map(place -> line(document, place))
              .toList();
      if (lines.size() == 1) {
        return new Failure(refused.exitCode(), lines.getFirst(), refused);
      }
      lines.forEach(line -> session.surroundings().err().println(Text.oneLine(line)));
      return new Failure(
          refused.exitCode(),
          "%s: %d problems; nothing was changed.".formatted(name(), lines.size()),
          refused);
    }

    private String line(YamlDocument document, Problem.Place place) {
      return "%s:%s: %s".formatted(name(), document.place(place.pointer()), place.message());
    }

    private String name() {
      return file.equals("-") ? "stdin" : file;
    }

    private YamlDocument read() {
      byte[] bytes = bytes();
      if (bytes.length > FILE_BYTES_MAX) {
        throw new Failure(
            ExitCode.INVALID,
            "%s is larger than the %d MiB that a cluster file may have."
                .formatted(name(), FILE_BYTES_MAX >> 20));
      }
      try {
        return YamlReader.read(bytes);
      } catch (YamlProblemException e) {
        throw new Failure(
            ExitCode.INVALID, "%s:%s: %s".formatted(name(), e.place(), e.getMessage()), e);
      }
    }

    private byte[] bytes() {
      try {
        if (file.equals("-")) {
          return System.in.readNBytes(FILE_BYTES_MAX + 1);
        }
        try (InputStream in = Files.newInputStream(Path.of(file))) {
          return in.readNBytes(FILE_BYTES_MAX + 1);
        }
      } catch (NoSuchFileException e) {
        throw new Failure(ExitCode.NOT_FOUND, "There is no file " + file + ".", e);
      } catch (IOException e) {
        throw new Failure(
            ExitCode.FAILED, "The file " + file + " cannot be read: " + e.getMessage(), e);
      }
    }
  }

  static final class Apply extends OnFile {
    @Override
    int run(Session session) {
      return with(
          session, document -> session.change("POST", target("apply"), document.root(), PATIENCE));
    }
  }

  static final class Diff extends OnFile {
    @Override
    int run(Session session) {
      JsonNode answer =
          with(
              session,
              document ->
                  service(session).tell(target("diff"), Json.bytes(document.root()), PATIENCE));
      JsonNode plan = answer.path("items").path(0);
      var page = new PlanPage(PlanPage.isColoured(session));
      session.print(answer, items -> page.lines(items.getFirst()));
      for (JsonNode alone : plan.path("leftAlone").values()) {
        session.narrate(
            "left alone, not in the file: %s %s%s"
                .formatted(
                    Details.inline(alone.path("kind")),
                    Details.inline(alone.path("name")),
                    PlanPage.where(alone)));
      }
      session.narrate(PlanPage.summary(plan));
      return (plan.path("changes").isEmpty() ? ExitCode.OK : ExitCode.NO).number();
    }
  }

  static final class Export extends Verb {
    @Option(
        names = "--schema",
        description = "The JSON Schema of cluster files, with the properties of all types.")
    boolean schema;

    @Override
    int run(Session session) {
      if (schema) {
        JsonNode answer = service(session).ask(Target.of("cluster-file", "schema"));
        session.out().println(Json.pretty(answer.path("items").path(0)));
        return ExitCode.OK.number();
      }
      JsonNode answer = service(session).ask(Target.of("cluster-file"));
      JsonNode groups = answer.path("items").path(0).path("groups");
      if (session.flags().format == Format.json) {
        session.print(answer, _ -> List.of());
      } else {
        ObjectNode document = Json.object().put("apiVersion", "holdfast/v1").put("kind", "Cluster");
        document.set("groups", groups);
        session.out().print(Yaml.write(document));
      }
      tellOfSecrets(session, groups);
      return ExitCode.OK.number();
    }

    private static void tellOfSecrets(Session session, JsonNode groups) {
      for (JsonNode group : groups.values()) {
        for (JsonNode resource : group.path("resources").values()) {
          if (!resource.path("secrets").isEmpty()) {
            session.narrate(
                "note: secrets of %s are kept where it is, and are not in the file: %s"
                    .formatted(
                        Details.inline(resource.path("name")),
                        Details.inline(resource.path("secrets"))));
          }
        }
      }
    }
  }
}
