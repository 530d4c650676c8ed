package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Text;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code holdfast why}. */
final class WhyCommand extends Verb {
  @Parameters(paramLabel = "RESOURCE|GROUP", description = "Its name or id.")
  String name = "";

  @Override
  int run(Session session) {
    session.print(
        service(session).ask(Target.of("why", name)), items -> lines(session, items.getFirst()));
    return ExitCode.OK.number();
  }

  private static List<String> lines(Session session, JsonNode why) {
    List<String> lines = new ArrayList<>();
    lines.add(Details.inline(why.path("headline")));
    int width = 0;
    for (JsonNode link : why.path("chain").values()) {
      width = Math.max(width, Text.width(Details.inline(link.path("text"))));
    }
    for (JsonNode link : why.path("chain").values()) {
      String event =
          link.path("event").isNull() ? "" : "  event " + link.path("event").asString("");
      String line =
          "%2d. %s  "
                  .formatted(
                      link.path("number").asInt(),
                      session.times().clockTime(link.path("time").asString("")))
              + Text.padded(Details.inline(link.path("text")), width)
              + event;
      lines.add(line.stripTrailing());
    }
    lines.add("Blocked by  " + Details.inline(why.path("blockedBy")));
    if (why.path("unblock").isString()) {
      lines.add("Unblock     " + Details.inline(why.path("unblock")));
    }
    return lines;
  }
}
