package dev.holdfast.cli.audit;

import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.session.ExitCode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an audit came to.
 *
 * @param look the last one
 * @param looks how many there were
 */
record AuditReport(Look look, List<Judgement> judgements, int looks, Duration took) {
  AuditReport {
    judgements = List.copyOf(judgements);
  }

  /**
   * What is broken is sure, whatever else could not be seen; so it goes before a service that does
   * not answer.
   */
  ExitCode exitCode() {
    if (has(Judgement.Verdict.BROKEN)) {
      return ExitCode.NO;
    }
    return look.facts().isEmpty() ? ExitCode.UNREACHABLE : ExitCode.OK;
  }

  private boolean has(Judgement.Verdict verdict) {
    return judgements.stream().anyMatch(judgement -> judgement.verdict() == verdict);
  }

  private List<String> names(Judgement.Verdict verdict) {
    return judgements.stream()
        .filter(judgement -> judgement.verdict() == verdict)
        .map(judgement -> judgement.rule().name())
        .toList();
  }

  /** The item of the envelope {@code AuditReport}. */
  ObjectNode toJson(Instant now) {
    ObjectNode json = Json.object().put("verdict", verdict());
    json.put("time", now.truncatedTo(ChronoUnit.MILLIS).toString());
    json.put("home", look.home().toString()).put("serviceAnswered", look.facts().isPresent());
    json.put("looks", looks).put("millis", took.toMillis());
    var broken = json.putArray("broken");
    names(Judgement.Verdict.BROKEN).forEach(broken::add);
    var rules = json.putArray("rules");
    for (Judgement judgement : judgements) {
      ObjectNode rule = rules.addObject().put("name", judgement.rule().name());
      rule.put("promise", judgement.rule().promise());
      rule.put("verdict", code(judgement.verdict())).put("lookedAt", judgement.lookedAt());
      var findings = rule.putArray("findings");
      for (Finding finding : judgement.findings()) {
        findings
            .addObject()
            .put("subject", finding.subject())
            .put("what", finding.what())
            .put("todo", finding.todo());
      }
    }
    return json;
  }

  private String verdict() {
    return switch (exitCode()) {
      case OK -> "Holds";
      case NO -> "Broken";
      default -> "Incomplete";
    };
  }

  /** As programs read it. */
  private static String code(Judgement.Verdict verdict) {
    return switch (verdict) {
      case HOLDS -> "Holds";
      case BROKEN -> "Broken";
      case NOT_LOOKED_AT -> "NotLookedAt";
    };
  }

  /** For people: a line for each rule, what was found, and what it comes to. */
  static List<String> lines(JsonNode report) {
    var table = new Table("RULE", "VERDICT", "LOOKED AT");
    List<String> findings = new ArrayList<>();
    for (JsonNode rule : report.path("rules").values()) {
      String name = rule.path("name").asString("");
      table.row(name, verdict(rule), rule.path("lookedAt").asString(""));
      if (!rule.path("findings").isEmpty()) {
        findings.add("");
        findings.add(name + ": not so: " + rule.path("promise").asString(""));
        for (JsonNode finding : rule.path("findings").values()) {
          findings.add(
              "  "
                  + finding.path("subject").asString("")
                  + ": "
                  + finding.path("what").asString(""));
          findings.add("      try: " + finding.path("todo").asString(""));
        }
      }
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.addAll(findings);
    lines.add("");
    lines.add(sum(report));
    return lines;
  }

  private static String verdict(JsonNode rule) {
    return switch (rule.path("verdict").asString("")) {
      case "Broken" -> Judgement.Verdict.BROKEN.toString();
      case "NotLookedAt" -> Judgement.Verdict.NOT_LOOKED_AT.toString();
      default -> Judgement.Verdict.HOLDS.toString();
    };
  }

  private static String sum(JsonNode report) {
    String looks =
        String.format(
            Locale.ROOT,
            "(%s, %.1f s)",
            report.path("looks").asInt() == 1 ? "1 look" : report.path("looks").asInt() + " looks",
            report.path("millis").asLong() / 1000.0);
    List<String> broken = new ArrayList<>();
    report.path("broken").values().forEach(name -> broken.add(name.asString("")));
    return switch (report.path("verdict").asString("")) {
      case "Broken" -> "broken: " + String.join(", ", broken) + " " + looks;
      case "Incomplete" ->
          "nothing broken was seen, but the service does not answer, so that not everything could"
              + " be looked at "
              + looks;
      default -> "all " + report.path("rules").size() + " rules hold " + looks;
    };
  }
}
