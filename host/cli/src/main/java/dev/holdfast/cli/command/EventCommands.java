package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Format;
import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.output.Text;
import dev.holdfast.cli.output.Times;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code holdfast events …}. */
final class EventCommands {
  private EventCommands() {}

  static final class Query extends Verb {
    /** What {@code -f} shows of the past. */
    private static final int SHOWN_BEFORE_FOLLOWING = 10;

    @Option(
        names = {"-f", "--follow"},
        description = "Go on with events as they come.")
    boolean follow;

    @Option(names = "--since", paramLabel = "TIME", description = "As far back as 1h, 30m, 2d.")
    @Nullable String since;

    @Option(names = "--id", paramLabel = "ID", description = "Only with this event id.")
    @Nullable Integer id;

    @Option(names = "--resource", paramLabel = "R", description = "Only of this resource.")
    @Nullable String resource;

    @Option(
        names = "--level",
        paramLabel = "LEVEL",
        description = "This severe or more so: critical, error, warning, information.")
    @Nullable String level;

    @Override
    int run(Session session) {
      Integer limit = follow && since == null ? SHOWN_BEFORE_FOLLOWING : null;
      JsonNode past = service(session).ask(target(session, "events").with("limit", limit));
      if (!follow) {
        session.print(past, events -> table(session, events));
        return ExitCode.OK.number();
      }
      long seen = 0;
      for (JsonNode event : past.path("items").values()) {
        print(session, event);
        seen = Math.max(seen, event.path("seq").asLong());
      }
      if (seen == 0) {
        seen = newest(session);
      }
      service(session)
          .follow(target(session, "event-stream").with("after", seen), e -> print(session, e));
      return ExitCode.OK.number();
    }

    /** Where to go on when nothing in the past is of interest. */
    private static long newest(Session session) {
      JsonNode last = service(session).ask(Target.of("events").with("limit", 1));
      return last.path("items").path(0).path("seq").asLong(0);
    }

    private Target target(Session session, String what) {
      Instant from = null;
      if (since != null) {
        try {
          from = session.surroundings().clock().instant().minus(Times.duration(since));
        } catch (IllegalArgumentException noDuration) {
          throw usage("--since: " + noDuration.getMessage());
        }
      }
      return Target.of(what)
          .with("since", from)
          .with("id", id)
          .with("resource", resource)
          .with("level", level);
    }

    private static void print(Session session, JsonNode event) {
      PrintStream out = session.out();
      switch (session.flags().format) {
        case table, wide ->
            out.println(
                session.times().dateAndTime(event.path("time").asString(""))
                    + "  "
                    + Text.padded(event.path("id").asString(""), 4)
                    + "  "
                    + Text.padded(event.path("level").asString(""), 11)
                    + "  "
                    + Details.inline(event.path("message")));
        case json, jsonl, yaml -> out.println(Json.line(event));
        case name -> out.println(event.path("seq").asString(""));
      }
      out.flush();
    }

    private static List<String> table(Session session, List<JsonNode> events) {
      boolean wide = session.flags().format == Format.wide;
      List<String> fields =
          wide
              ? List.of(
                  "seq",
                  "id",
                  "level",
                  "source",
                  "category",
                  "node",
                  "resource",
                  "incident",
                  "message")
              : List.of("seq", "id", "level", "resource", "message");
      List<String> headers = new ArrayList<>(List.of("TIME"));
      fields.forEach(field -> headers.add(field.toUpperCase(Locale.ROOT)));
      var table = new Table(headers.toArray(String[]::new));
      for (JsonNode event : events) {
        List<String> cells = new ArrayList<>();
        cells.add(session.times().dateAndTime(event.path("time").asString("-")));
        fields.forEach(field -> cells.add(Details.inline(event.path(field))));
        table.row(cells);
      }
      return table.lines();
    }
  }

  /** How one event is shown. */
  enum Layout {
    details,
    kb
  }

  static final class Show extends Verb {
    @Parameters(paramLabel = "SEQ", description = "Its number in the log.")
    long seq;

    @Option(
        names = "--format",
        paramLabel = "LAYOUT",
        description = "details (default), or kb: as articles Q316772 and Q192493 print events.")
    Layout layout = Layout.details;

    @Override
    int run(Session session) {
      JsonNode answer = service(session).ask(Target.of("events", Long.toString(seq)));
      Format format = session.flags().format;
      boolean isForPeople = format == Format.table || format == Format.wide;
      if (layout == Layout.kb && isForPeople) {
        answer.path("items").values().forEach(event -> knowledgeBase(session, event));
      } else {
        session.printDetails(answer);
      }
      return ExitCode.OK.number();
    }

    private static void knowledgeBase(Session session, JsonNode event) {
      print(session, Article.Q316772, event);
      session.out().println();
      print(session, Article.Q192493, event);
    }

    private static void print(Session session, Article article, JsonNode event) {
      session.out().flush(); // The heading goes elsewhere, and is to come after what was printed.
      session.narrate("as " + article + " prints it:");
      article.lines(event).forEach(session.out()::println);
    }
  }
}
