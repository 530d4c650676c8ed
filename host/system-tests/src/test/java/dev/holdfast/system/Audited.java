package dev.holdfast.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Holdfast;
import dev.holdfast.cli.session.Surroundings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What {@code holdfast audit -o json} said of a cluster. */
record Audited(int exitCode, JsonNode report) {
  private static final int ALL_HOLD = 0;
  private static final int BROKEN = 3;
  private static final int RULES = 12;

  static Audited of(Cluster cluster, String... flags) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("audit", "-o", "json"));
    words.addAll(List.of(flags));
    Ran ran = cluster.cli(words.toArray(String[]::new));
    assertThat(ran.out()).as(ran.toString()).isNotEmpty();
    return of(ran.exitCode(), ran.out());
  }

  /** The same without a JVM of its own, for what is audited hundreds of times. */
  static Audited inThisProcess(Cluster cluster) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int exitCode =
        Holdfast.run(
            new Surroundings(
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                Map.of(),
                System.getProperty("user.name"),
                InstantSource.system(),
                ZoneOffset.UTC,
                "test"),
            "audit",
            "-o",
            "json",
            "--home",
            cluster.home().toString());
    assertThat(out.size()).as(err.toString(UTF_8)).isPositive();
    return of(exitCode, out.toString(UTF_8));
  }

  private static Audited of(int exitCode, String out) {
    JsonNode envelope = Door.json(out);
    assertThat(envelope.required("kind").asString()).isEqualTo("AuditReport");
    return new Audited(exitCode, envelope.required("items").required(0));
  }

  List<String> broken() {
    return report.required("broken").values().stream().map(JsonNode::asString).toList();
  }

  /** What each broken rule found, in words. */
  List<String> findings() {
    return report.required("rules").values().stream()
        .flatMap(
            rule ->
                rule.required("findings").values().stream()
                    .map(finding -> rule.required("name").asString() + ": " + finding))
        .toList();
  }

  /** Every rule was judged, and holds. */
  Audited assertHolds() {
    assertThat(exitCode).as(report.toPrettyString()).isEqualTo(ALL_HOLD);
    assertThat(report.required("rules").size()).isEqualTo(RULES);
    assertThat(report.required("rules").values())
        .allSatisfy(rule -> assertThat(rule.required("verdict").asString()).isEqualTo("Holds"));
    return this;
  }

  /** These rules are broken, and no other; the first of them names that subject. */
  Audited assertBroken(String subject, String... rules) {
    assertThat(exitCode).as(report.toPrettyString()).isEqualTo(BROKEN);
    assertThat(broken()).as(report.toPrettyString()).containsExactlyInAnyOrder(rules);
    assertThat(subjects(rules[0])).as(report.toPrettyString()).contains(subject);
    return this;
  }

  private List<String> subjects(String rule) {
    return report.required("rules").values().stream()
        .filter(each -> each.required("name").asString().equals(rule))
        .flatMap(each -> each.required("findings").values().stream())
        .map(finding -> finding.required("subject").asString())
        .toList();
  }
}
