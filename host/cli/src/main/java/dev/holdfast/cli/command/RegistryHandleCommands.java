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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code holdfast registry hold} and {@code handles}. */
final class RegistryHandleCommands {
  private RegistryHandleCommands() {}

  static final class Hold extends Verb {
    @Parameters(
        paramLabel = "PATH",
        arity = "1..*",
        description = "The keys, as HKLM\\Software\\Contoso; in a shell, between quotes.")
    List<String> paths = new ArrayList<>();

    @Option(
        names = "--rights",
        paramLabel = "RIGHTS",
        description = "read (the default), write, all, or names as KEY_NOTIFY,DELETE.")
    @Nullable String rights;

    private boolean isLost;

    @Override
    int run(Session session) {
      Target target = Target.of("registry", "hold").with("rights", rights);
      paths.forEach(path -> target.with("path", path));
      service(session).follow(target, handle -> tell(session, handle));
      // It never ends by itself while they are held.
      throw isLost
          ? new Failure(ExitCode.FAILED, "Not all handles are held any more.")
          : new Failure(
              ExitCode.UNREACHABLE, "The cluster service stopped; nothing is held any more.");
    }

    private void tell(Session session, JsonNode handle) {
      String state = handle.path("state").asString("");
      isLost |= !state.equals("OPEN");
      switch (session.flags().format) {
        case json, jsonl -> session.out().println(Json.line(handle));
        case table, wide, yaml, name ->
            session
                .out()
                .println(
                    "handle %s to %s: %s, %s"
                        .formatted(
                            Details.inline(handle.path("id")),
                            key(handle),
                            Details.inline(handle.path("rights")),
                            said(state)));
      }
      session.out().flush();
    }

    private static String said(String state) {
      return switch (state) {
        case "OPEN" -> "open until this command ends";
        case "KEY_DELETED" -> "worth nothing any more: its key was deleted or restored";
        default -> "closed by somebody else";
      };
    }
  }

  /** With both paths, where they differ. */
  private static String key(JsonNode handle) {
    String key = Details.inline(handle.path("key"));
    String resolved = Details.inline(handle.path("resolvedKey"));
    return key.equals(resolved) ? key : key + " (" + resolved + ")";
  }

  static final class Handles extends Verb {
    @Parameters(
        paramLabel = "PATH",
        arity = "0..1",
        description = "Only handles to this key and below it.")
    @Nullable String path;

    @Option(names = "--close", paramLabel = "ID", description = "Close this handle, whoever's.")
    @Nullable Long close;

    @Override
    int run(Session session) {
      if (close == null) {
        session.print(
            service(session).ask(Target.of("registry", "handles").with("path", path)),
            Handles::table);
        return ExitCode.OK.number();
      }
      if (path != null) {
        throw usage("--close takes the number of a handle, and no path beside it.");
      }
      JsonNode closed =
          service(session)
              .submit(
                  "DELETE",
                  Target.of("registry", "handles", close.toString())
                      .with("dryRun", session.flags().dryRun ? true : null),
                  null);
      session.print(closed, handles -> said(session, handles));
      return ExitCode.OK.number();
    }

    private static List<String> said(Session session, List<JsonNode> handles) {
      for (JsonNode handle : handles) {
        session.narrate(
            "handle %s of %s (pid %s) to %s %s"
                .formatted(
                    Details.inline(handle.path("id")),
                    Details.inline(handle.path("process")),
                    Details.inline(handle.path("pid")),
                    key(handle),
                    session.flags().dryRun ? "would be closed" : "closed"));
      }
      return List.of();
    }

    private static List<String> table(List<JsonNode> handles) {
      Table table =
          new Table("ID", "PROCESS", "PID", "UID", "KEY", "RIGHTS", "AGE", "UNUSED", "STATE");
      for (JsonNode handle : handles) {
        table.row(
            Details.inline(handle.path("id")),
            Details.inline(handle.path("process")),
            Details.inline(handle.path("pid")),
            Details.inline(handle.path("uid")),
            key(handle),
            Details.inline(handle.path("rights")),
            duration(handle.path("ageSeconds")),
            duration(handle.path("idleSeconds")),
            Details.inline(handle.path("state")));
      }
      return table.lines();
    }

    /** In the largest unit that leaves two digits or so, as {@code 3h12m}. */
    private static String duration(JsonNode seconds) {
      var time = Duration.ofSeconds(seconds.asLong(0));
      if (time.toDays() > 0) {
        return "%dd%dh".formatted(time.toDays(), time.toHoursPart());
      }
      if (time.toHours() > 0) {
        return "%dh%dm".formatted(time.toHours(), time.toMinutesPart());
      }
      return time.toMinutes() > 0
          ? "%dm%ds".formatted(time.toMinutes(), time.toSecondsPart())
          : "%ds".formatted(time.toSeconds());
    }
  }
}
