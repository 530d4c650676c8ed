package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Format;
import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Text;
import dev.holdfast.cli.output.Times;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code holdfast checkpoint …}. */
final class CheckpointCommands {
  /** A large tree takes as long as it does. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private CheckpointCommands() {}

  /** A command about a resource's checkpoints. */
  abstract static class OnResource extends Verb {
    @Parameters(index = "0", paramLabel = "RESOURCE", description = "Its name or id.")
    String resource = "";

    /** What is asked of all of them. */
    Target all(String... more) {
      return target(resource, more);
    }
  }

  /** A command about one checkpoint. */
  abstract static class OnCheckpoint extends OnResource {
    @Parameters(index = "1", paramLabel = "ID", description = "The checkpoint's number.")
    int id;

    /** What is asked of it. */
    Target one(String... more) {
      List<String> parts = new ArrayList<>(List.of(Integer.toString(id)));
      parts.addAll(List.of(more));
      return all(parts.toArray(String[]::new));
    }
  }

  private static Target target(String resource, String... more) {
    List<String> parts = new ArrayList<>(List.of("resources", resource, "checkpoints"));
    parts.addAll(List.of(more));
    return Target.of(parts.toArray(String[]::new));
  }

  /** Has something changed; what came of each checkpoint. */
  private static List<JsonNode> change(Session session, Target target, ObjectNode body) {
    JsonNode answer =
        Verb.service(session)
            .tell(
                target.with("dryRun", session.flags().dryRun ? true : null),
                Json.bytes(body),
                PATIENCE);
    return List.copyOf(answer.path("items").values());
  }

  /**
   * Tells what came of a change: the checkpoints are data, the rest is said beside.
   *
   * @param done what was done, such as "added"
   */
  private static int told(Session session, String kind, List<JsonNode> changes, String done) {
    for (JsonNode change : changes) {
      JsonNode checkpoint = change.path("checkpoint");
      for (JsonNode note : change.path("notes").values()) {
        session.narrate("note: " + Text.oneLine(note.asString("")));
      }
      say(session, checkpoint, done, "generation " + Details.inline(checkpoint.path("generation")));
      boolean isOfFiles = checkpoint.path("source").asString("").equals("file");
      CheckpointTables.differences(change.path("differences"), isOfFiles)
          .forEach(line -> session.narrate("    " + line));
    }
    JsonNode[] checkpoints =
        changes.stream().map(change -> change.path("checkpoint")).toArray(JsonNode[]::new);
    session.print(
        Session.envelope(kind, checkpoints), all -> CheckpointTables.checkpoints(session, all));
    return ExitCode.OK.number();
  }

  private static void say(Session session, JsonNode checkpoint, String done, String more) {
    session.narrate(
        "checkpoint %s of %s %s, %s"
            .formatted(
                Details.inline(checkpoint.path("id")),
                Details.inline(checkpoint.path("resource")),
                (session.flags().dryRun ? "would be " : "") + done,
                more));
  }

  static final class Add extends OnResource {
    @Parameters(
        index = "1",
        paramLabel = "SOURCE:PATH",
        description =
            "registry:KEY with a key below HKLM, without a backslash before it; or file:PATH with"
                + " an absolute path.")
    String of = "";

    @Option(
        names = "--on-restore-failure",
        paramLabel = "POLICY",
        description =
            "When it cannot be restored: continue (the default), retry, force (take the handles of"
                + " those who hold it), or fail.")
    @Nullable String onRestoreFailure;

    @Option(
        names = "--on-drift",
        paramLabel = "POLICY",
        description =
            "When it was edited while the resource was offline: restore (the default), adopt, or"
                + " refuse.")
    @Nullable String onDrift;

    @Option(
        names = "--exclude",
        paramLabel = "GLOB",
        description = "Files below the path that are left out; may be given again.")
    List<String> excludes = new ArrayList<>();

    @Option(
        names = "--keep",
        paramLabel = "N",
        description = "How many generations are kept; 10 without it.")
    @Nullable Integer keep;

    @Option(
        names = "--quiet",
        paramLabel = "TIME",
        description = "A change is saved when nothing has changed for so long; 250ms without it.")
    @Nullable String quiet;

    @Option(
        names = "--max-delay",
        paramLabel = "TIME",
        description = "A change waits no longer than that; 2s without it.")
    @Nullable String maxDelay;

    @Option(
        names = "--roll-back-within",
        paramLabel = "TIME",
        description =
            "A resource that fails so soon after a generation was saved, and again after a restart,"
                + " is rolled back to the one before; never without it.")
    @Nullable String rollBackWithin;

    @Option(
        names = "--grant",
        description = "Give the cluster service the rights to the key that it needs.")
    boolean grant;

    @Override
    int run(Session session) {
      ObjectNode body =
          Json.object()
              .put("of", of)
              .put(
                  "onRestoreFailure",
                  oneOf("--on-restore-failure", onRestoreFailure, RESTORE_FAILURE_POLICIES))
              .put("onDrift", oneOf("--on-drift", onDrift, DRIFT_POLICIES))
              .put("keep", keep)
              .put("quietMillis", millis("--quiet", quiet))
              .put("delayMillis", millis("--max-delay", maxDelay))
              .put("rollBackWithinMillis", millis("--roll-back-within", rollBackWithin))
              .put("grant", grant);
      excludes.forEach(body.putArray("excludes")::add);
      return told(session, "Checkpoint", change(session, all(), body), "added");
    }

    private static final List<String> RESTORE_FAILURE_POLICIES =
        List.of("continue", "retry", "force", "fail");
    private static final List<String> DRIFT_POLICIES = List.of("restore", "adopt", "refuse");

    private static @Nullable String oneOf(
        String option, @Nullable String typed, List<String> words) {
      if (typed == null || words.contains(typed)) {
        return typed;
      }
      throw usage(
          "%s is \"%s\"; it is one of %s.".formatted(option, typed, String.join(", ", words)));
    }

    private static @Nullable Long millis(String option, @Nullable String typed) {
      try {
        return typed == null ? null : Times.duration(typed).toMillis();
      } catch (IllegalArgumentException noDuration) {
        throw usage(option + ": " + noDuration.getMessage());
      }
    }
  }

  static final class ListAll extends Verb {
    @Parameters(
        paramLabel = "RESOURCE",
        arity = "0..1",
        description = "Only those of this resource.")
    @Nullable String resource;

    @Override
    int run(Session session) {
      session.print(
          service(session).ask(Target.of("checkpoints").with("resource", resource)),
          all -> CheckpointTables.checkpoints(session, all));
      return ExitCode.OK.number();
    }
  }

  static final class Remove extends OnCheckpoint {
    @Override
    int run(Session session) {
      JsonNode gone =
          service(session)
              .submit("DELETE", one().with("dryRun", session.flags().dryRun ? true : null), null);
      for (JsonNode checkpoint : gone.path("items").values()) {
        say(session, checkpoint, "removed", "with all its generations; what is live stays");
      }
      session.print(gone, _ -> List.of());
      return ExitCode.OK.number();
    }
  }

  static final class Save extends OnResource {
    @Parameters(
        index = "1",
        paramLabel = "ID",
        arity = "0..1",
        description = "The checkpoint's number; all of them without it.")
    @Nullable Integer id;

    @Override
    int run(Session session) {
      Target target = id == null ? all("save") : all(id.toString(), "save");
      return told(session, "CheckpointList", change(session, target, Json.object()), "saved");
    }
  }

  static final class History extends OnCheckpoint {
    @Override
    int run(Session session) {
      session.print(
          service(session).ask(one("generations"), PATIENCE),
          all -> CheckpointTables.history(session, all));
      return ExitCode.OK.number();
    }
  }

  /** What content is written as. */
  enum Content {
    reg,
    hive,
    tar
  }

  static final class Show extends OnCheckpoint {
    @Option(
        names = "--generation",
        paramLabel = "N",
        description = "This generation, in place of the checkpoint.")
    @Nullable Long generation;

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        description =
            "What was saved itself: reg or hive of a key, tar of files; of the current generation,"
                + " or the one that is named.")
    @Nullable Content format;

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "Into this file, which is made, and not to stdout.")
    @Nullable Path file;

    @Option(names = "--force", description = "Also in place of a file that is there.")
    boolean force;

    @Override
    int run(Session session) {
      if (format != null) {
        writeContent(session, format);
      } else if (file != null) {
        throw usage("-f takes what was saved itself; say with --format what it is written as.");
      } else if (generation != null) {
        session.printDetails(service(session).ask(one("generations", generation.toString())));
      } else {
        session.printDetails(service(session).ask(one()));
      }
      return ExitCode.OK.number();
    }

    /** The whole of it or nothing, also to stdout. */
    private void writeContent(Session session, Content as) {
      if (file != null) {
        WrittenFile.requireFree(file, force);
      }
      Target target = one("content").with("generation", generation).with("format", as);
      byte[] bytes = service(session).fetch(target, PATIENCE).bytes();
      if (file == null) {
        session.out().write(bytes, 0, bytes.length);
        session.out().flush();
      } else {
        WrittenFile.keep(session, bytes, file, force);
      }
    }
  }

  static final class Diff extends OnCheckpoint {
    @Parameters(
        index = "2",
        paramLabel = "N",
        arity = "0..1",
        description = "From this generation; the current one without it.")
    @Nullable Long from;

    @Parameters(
        index = "3",
        paramLabel = "M",
        arity = "0..1",
        description = "To this generation; to what is live without it.")
    @Nullable Long to;

    @Override
    int run(Session session) {
      JsonNode answer =
          service(session).ask(one("diff").with("from", from).with("to", to), PATIENCE);
      for (JsonNode diff : answer.path("items").values()) {
        session.narrate(
            "%s, from %s to %s: %s"
                .formatted(
                    Details.inline(diff.path("path")),
                    state(diff.path("from")),
                    state(diff.path("to")),
                    counted(diff.path("differences").size())));
      }
      session.print(answer, CheckpointTables::differences);
      return ExitCode.OK.number();
    }

    private static String counted(int differences) {
      return switch (differences) {
        case 0 -> "no difference";
        case 1 -> "1 difference";
        default -> differences + " differences";
      };
    }

    private static String state(JsonNode name) {
      String text = Details.inline(name);
      return text.equals("live") ? "what is live" : "generation " + text;
    }
  }

  static final class Rollback extends OnCheckpoint {
    @Option(
        names = "--to",
        paramLabel = "N",
        required = true,
        description = "The generation whose content becomes the current one's.")
    long to;

    @Override
    int run(Session session) {
      ObjectNode body = Json.object().put("to", to);
      return told(
          session,
          "Checkpoint",
          change(session, one("rollback"), body),
          "rolled back to what generation " + to + " had");
    }
  }

  static final class Verify extends Verb {
    @Parameters(
        paramLabel = "RESOURCE",
        arity = "0..1",
        description = "Only those of this resource.")
    @Nullable String resource;

    @Override
    int run(Session session) {
      JsonNode answer =
          service(session)
              .ask(Target.of("checkpoint-verification").with("resource", resource), PATIENCE);
      boolean isWide = session.flags().format == Format.wide;
      session.print(answer, all -> CheckpointTables.verified(all, isWide));
      JsonNode generations = answer.path("items");
      long bad =
          generations
              .valueStream()
              .filter(one -> !one.path("state").asString("").equals("Good"))
              .count();
      session.narrate(
          "%d generations read back, %s"
              .formatted(
                  generations.size(), bad == 0 ? "all good" : bad + " of them missing or damaged"));
      return (bad == 0 ? ExitCode.OK : ExitCode.NO).number();
    }
  }
}
