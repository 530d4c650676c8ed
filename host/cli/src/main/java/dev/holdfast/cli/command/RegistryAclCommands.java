package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code holdfast registry acl …}. */
final class RegistryAclCommands {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private RegistryAclCommands() {}

  static final class Show extends RegistryCommands.OnKey {
    @Override
    int run(Session session) {
      session.print(
          service(session).ask(Target.of("registry", "acl").with("path", path)), Show::lines);
      return ExitCode.OK.number();
    }

    private static List<String> lines(List<JsonNode> keys) {
      List<String> lines = new ArrayList<>();
      for (JsonNode key : keys) {
        lines.add(RegistryCommands.heading(key));
        lines.add(
            "owner %s, group %s; %s"
                .formatted(
                    Details.inline(key.path("owner")),
                    Details.inline(key.path("group")),
                    origin(key)));
        if (key.path("open").asBoolean()) {
          lines.add("there is no list of entries: everybody may do everything");
        }
        Table table = new Table("TYPE", "PRINCIPAL", "RIGHTS", "FOR", "FROM");
        for (JsonNode entry : key.path("entries").values()) {
          table.row(
              Details.inline(entry.path("type")),
              Details.inline(entry.path("principal")),
              Details.inline(entry.path("rights")),
              scope(entry),
              entry.path("inherited").asBoolean() ? "above" : "here");
        }
        lines.addAll(table.lines());
        lines.add(Details.inline(key.path("sddl")));
      }
      return lines;
    }

    private static String origin(JsonNode key) {
      if (!key.path("own").asBoolean()) {
        return "all of it inherited";
      }
      return key.path("inherits").asBoolean()
          ? "its own, and what it inherits"
          : "inherits nothing";
    }

    private static String scope(JsonNode entry) {
      boolean below = entry.path("below").asBoolean();
      if (!entry.path("here").asBoolean()) {
        return below ? "keys below" : "nothing";
      }
      return below ? "this key and below" : "this key";
    }
  }

  /** A command about the rights of a principal to a key. */
  abstract static class OnRights extends RegistryCommands.OnKey {
    @Parameters(
        index = "1",
        paramLabel = "PRINCIPAL",
        description = "A user, group:NAME, cluster-service, Everyone, \"CREATOR OWNER\", or a SID.")
    String principal = "";

    @Parameters(
        index = "2",
        paramLabel = "RIGHTS",
        description = "read, write, all, or names as KEY_SET_VALUE,DELETE.")
    String rights = "";

    abstract String verb();

    @Override
    int run(Session session) {
      return RegistryCommands.told(
          session,
          service(session)
              .tell(
                  Target.of("registry", "acl", verb())
                      .with("dryRun", session.flags().dryRun ? true : null),
                  Json.bytes(
                      Json.object()
                          .put("path", path)
                          .put("principal", principal)
                          .put("rights", rights)),
                  PATIENCE));
    }
  }

  static final class Grant extends OnRights {
    @Override
    String verb() {
      return "grant";
    }
  }

  static final class Revoke extends OnRights {
    @Override
    String verb() {
      return "revoke";
    }
  }
}
