package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Text;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The state of everything in one word, as plugins of Nagios say it.
 *
 * @param exitCode 0 ok, 1 warning, 2 critical, 3 unknown
 * @param line the word, what is wrong, and figures after a bar
 */
record Verdict(int exitCode, String line) {
  private static final Duration LATELY = Duration.ofMinutes(15);
  private static final int MONITOR_LOST = 1146;

  static Verdict unknown(String why) {
    return new Verdict(3, "UNKNOWN: " + Text.oneLine(why));
  }

  static Verdict of(JsonNode status, Instant now) {
    int failed = 0;
    int pending = 0;
    int online = 0;
    int doubtful = 0;
    int all = 0;
    for (JsonNode resource : status.path("resources").values()) {
      all++;
      String state = resource.path("state").asString("");
      boolean wantedOnline = resource.path("wanted").asString("").equals("Online");
      switch (state) {
        case "Online" -> online++;
        case "Failed" -> failed++;
        case "Offline" -> failed += wantedOnline ? 1 : 0;
        default -> pending++;
      }
      if (isDoubtful(resource)) {
        doubtful++;
      }
    }
    int lost = monitorsLost(status, now);
    boolean ready = status.path("service").path("ready").asBoolean(false);
    int exitCode = failed > 0 ? 2 : pending + doubtful + lost > 0 || !ready ? 1 : 0;
    List<String> words = new ArrayList<>();
    words.add(failed + " failed, " + pending + " pending of " + all + " resources");
    if (doubtful > 0) {
      words.add(doubtful + " degraded or unsupervised");
    }
    if (lost > 0) {
      words.add(lost + " monitors lost in 15m");
    }
    if (!ready) {
      words.add("the service is not ready");
    }
    String line =
        List.of("OK", "WARNING", "CRITICAL").get(exitCode)
            + ": "
            + String.join("; ", words)
            + " | failed="
            + failed
            + " pending="
            + pending
            + " online="
            + online
            + " lost15m="
            + lost;
    return new Verdict(exitCode, line);
  }

  private static boolean isDoubtful(JsonNode resource) {
    return resource.path("health").asString("").equals("Degraded")
        || resource.path("unrestored").asBoolean(false)
        || resource.path("unsupervisedSince").isString()
        || !resource.path("typeStatus").asString("").equals("Registered");
  }

  private static int monitorsLost(JsonNode status, Instant now) {
    int lost = 0;
    for (JsonNode failure : status.path("failures").values()) {
      if (failure.path("event").asInt(0) == MONITOR_LOST) {
        try {
          Instant time = Instant.parse(failure.path("time").asString(""));
          lost += time.isAfter(now.minus(LATELY)) ? 1 : 0;
        } catch (DateTimeParseException noTime) {
          lost++; // better one too many than one too few
        }
      }
    }
    return lost;
  }
}
