package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Text;
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
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code holdfast registry …}: keys and values. */
final class RegistryCommands {
  /** A large tree takes as long as it does. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final String INDENT = "    ";

  private RegistryCommands() {}

  /** A command about one key. */
  abstract static class OnKey extends Verb {
    @Parameters(
        index = "0",
        paramLabel = "PATH",
        description = "The key, as HKLM\\Software\\Contoso; in a shell, between quotes.")
    String path = "";

    JsonNode key(Session session, boolean recursive) {
      return service(session)
          .ask(
              Target.of("registry").with("path", path).with("recursive", recursive ? true : null),
              PATIENCE);
    }
  }

  static final class Query extends OnKey {
    @Option(
        names = {"-r", "--recursive"},
        description = "With all below it.")
    boolean recursive;

    @Option(
        names = {"-v", "--value"},
        paramLabel = "NAME",
        description = "One value of the key only; '' is the default value.")
    @Nullable String value;

    @Override
    int run(Session session) {
      JsonNode answer = key(session, recursive);
      if (value != null) {
        keepOnly(answer, value);
      }
      session.print(answer, keys -> lines(keys, recursive));
      return ExitCode.OK.number();
    }

    private void keepOnly(JsonNode answer, String name) {
      for (JsonNode key : answer.path("items").values()) {
        ArrayNode values = (ArrayNode) key.path("values");
        values.removeIf(item -> !item.path("name").asString("").equalsIgnoreCase(name));
        if (values.isEmpty() && !recursive) {
          throw noValue(path, name);
        }
      }
    }

    private static List<String> lines(List<JsonNode> keys, boolean recursive) {
      List<String> lines = new ArrayList<>();
      for (JsonNode key : keys) {
        if (!lines.isEmpty()) {
          lines.add("");
        }
        String keyPath = Details.inline(key.path("path"));
        lines.add(heading(key));
        if (!key.path("denied").isNull()) {
          lines.add(INDENT + Details.inline(key.path("denied")));
        }
        for (JsonNode item : key.path("values").values()) {
          String name = item.path("name").asString("");
          lines.add(
              INDENT
                  + (name.isEmpty() ? "(Default)" : Text.oneLine(name))
                  + INDENT
                  + item.path("type").asString("")
                  + INDENT
                  + Details.inline(item.path("data")));
        }
        if (!recursive) {
          for (JsonNode subkey : key.path("subkeys").values()) {
            lines.add(keyPath + "\\" + Text.oneLine(subkey.asString("")));
          }
        }
      }
      return lines;
    }
  }

  /** Its path; where a link is on the way, also where that leads. */
  static String heading(JsonNode key) {
    String path = Details.inline(key.path("path"));
    String resolved = Details.inline(key.path("resolvedPath"));
    return path.equals(resolved) ? path : path + "  (now " + resolved + ")";
  }

  private static Failure noValue(String path, String name) {
    return new Failure(
        ExitCode.NOT_FOUND,
        "The key %s has no value \"%s\".".formatted(path, name.isEmpty() ? "(Default)" : name));
  }

  static final class Add extends OnKey {
    @Option(
        names = {"-v", "--value"},
        paramLabel = "NAME",
        description =
            "The value's name; '' is the default value. Without it, only the key is made.")
    @Nullable String value;

    @Option(
        names = {"-t", "--type"},
        paramLabel = "TYPE",
        description = "REG_SZ (the default), REG_DWORD, REG_MULTI_SZ and so on, or a number.")
    @Nullable String type;

    @Option(
        names = {"-d", "--data"},
        paramLabel = "DATA",
        description =
            "Its data: a text; a number, decimal or behind 0x; bytes in hexadecimal. Once for each"
                + " text of a REG_MULTI_SZ.")
    List<String> data = new ArrayList<>();

    @Option(
        names = "--volatile",
        description = "A key that lasts as long as the service runs, and is in no file.")
    boolean isVolatile;

    @Override
    int run(Session session) {
      if (value == null && (type != null || !data.isEmpty())) {
        throw usage("-t and -d say what a value is to be; name it with -v (-v '' is the default).");
      }
      if (value != null && isVolatile) {
        throw usage("--volatile makes a key; make it first, and then set its values.");
      }
      ObjectNode change = Json.object().put("path", path);
      if (value == null) {
        change.put("kind", isVolatile ? "CREATE_VOLATILE_KEY" : "CREATE_KEY");
      } else {
        ObjectNode set = change.put("kind", "SET_VALUE").putObject("value");
        set.put("name", value);
        if (type != null) {
          set.put("type", type);
        }
        data.forEach(set.putArray("data")::add);
      }
      return commit(session, change);
    }
  }

  static final class Delete extends OnKey {
    @Option(
        names = {"-v", "--value"},
        paramLabel = "NAME",
        description = "One value only; '' is the default value.")
    @Nullable String value;

    @Option(
        names = {"-r", "--recursive"},
        description = "The key with all below it.")
    boolean recursive;

    @Override
    int run(Session session) {
      JsonNode key = key(session, false).path("items").path(0);
      ObjectNode change = Json.object().put("path", path);
      if (value == null) {
        change.put("kind", recursive ? "DELETE_TREE" : "DELETE_KEY");
        if (!recursive && !key.path("subkeys").isEmpty()) {
          throw new Failure(
              ExitCode.CONFLICT,
              "The key %s has %d subkeys and was not deleted; with -r they are deleted, too."
                  .formatted(path, key.path("subkeys").size()));
        }
      } else {
        if (key.path("values")
            .valueStream()
            .noneMatch(item -> item.path("name").asString("").equalsIgnoreCase(value))) {
          throw noValue(path, value);
        }
        change.put("kind", "DELETE_VALUE").putObject("value").put("name", value);
      }
      return commit(session, change);
    }
  }

  private static int commit(Session session, ObjectNode change) {
    ObjectNode batch = Json.object();
    batch.putArray("changes").add(change);
    return told(
        session,
        Verb.service(session)
            .tell(
                Target.of("registry").with("dryRun", session.flags().dryRun ? true : null),
                Json.bytes(batch),
                PATIENCE));
  }

  static int told(Session session, JsonNode answer) {
    session.print(
        answer,
        commits -> {
          for (JsonNode commit : commits) {
            for (JsonNode note : commit.path("notes").values()) {
              session.narrate("note: " + Text.oneLine(note.asString("")));
            }
            session.narrate(
                "%s %s: %s, revision %s"
                    .formatted(
                        commit.path("hive").asString(""),
                        session.flags().dryRun ? "would be changed" : "changed",
                        counted(commit.path("changes").asInt(0)),
                        Details.inline(commit.path("revision"))));
          }
          return List.of();
        });
    return ExitCode.OK.number();
  }

  private static String counted(int changes) {
    return changes == 1 ? "1 change" : changes + " changes";
  }

  static final class Watch extends OnKey {
    @Option(
        names = {"-r", "--recursive"},
        description = "Changes below it, too.")
    boolean recursive;

    @Option(
        names = "--after",
        paramLabel = "REVISION",
        description = "Those after this revision of the hive, too, as far as they are kept.")
    @Nullable Long after;

    @Option(
        names = "--filter",
        paramLabel = "KIND",
        split = ",",
        description =
            "Only changes of this kind: name, attributes, value, security; several with commas.")
    List<String> kinds = new ArrayList<>();

    @Override
    int run(Session session) {
      Target target =
          Target.of("registry", "stream")
              .with("path", path)
              .with("recursive", recursive ? true : null)
              .with("after", after);
      kinds.forEach(kind -> target.with("kind", kind));
      service(session).follow(target, change -> print(session, change));
      return ExitCode.OK.number();
    }

    private static void print(Session session, JsonNode change) {
      switch (session.flags().format) {
        case json, jsonl -> session.out().println(Json.line(change));
        case table, wide, yaml, name ->
            session
                .out()
                .println(
                    "%s  %-10s %s  revision %s"
                        .formatted(
                            session.times().dateAndTime(change.path("time").asString("-")),
                            Details.inline(change.path("what")),
                            Details.inline(change.path("path")),
                            Details.inline(change.path("revision"))));
      }
      session.out().flush();
    }
  }
}
