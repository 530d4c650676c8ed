package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.http.FakeClusterFile;
import dev.holdfast.service.api.ApiException.Invalid.Problem;
import dev.holdfast.service.api.ClusterPlanView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ClusterFileTest extends AgainstFakeCluster {
  private static final String DOCUMENT =
      """
      apiVersion: holdfast/v1
      kind: Cluster
      groups:
        - name: web
          resources:
            - name: web-app
              type: Generic Application
              properties: {Version: 1.10, Enabled: no}
      """;

  private Path file(String text) throws IOException {
    return Files.writeString(home.resolve("cluster.yaml"), text);
  }

  private String[] with(String verb, Path file, String... more) {
    List<String> words = new ArrayList<>(List.of(verb, "-f", file.toString()));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  // ---- apply
  // ---------------------------------------------------------------------------------------

  @Test
  void apply_sendsWhatIsWritten_andNarrates() throws Exception {
    Ended ended = holdfast(with("apply", file(DOCUMENT), "--prune"));

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.err()).isEqualTo("    22:40:00 web-db     created\ndone in 0.1s: 1 created\n");
    FakeClusterFile.Sent sent = cluster.clusterFile.sent.getFirst();
    assertThat(sent.prune()).isTrue();
    assertThat(sent.dryRun()).isFalse();
    assertThat(sent.document()).containsEntry("apiVersion", "holdfast/v1");
    assertThat(sent.document().toString()).contains("Version=1.10", "Enabled=no");
  }

  @Test
  void applyDryRun_isOne() throws Exception {
    assertThat(holdfast(with("apply", file(DOCUMENT), "--dry-run")).code()).isZero();
    assertThat(cluster.clusterFile.sent.getFirst().dryRun()).isTrue();
    assertThat(cluster.clusterFile.sent.getFirst().prune()).isFalse();
  }

  // ---- diff
  // ----------------------------------------------------------------------------------------

  @Test
  void diff_tellsFieldByField_andEndsWithNo() throws Exception {
    Ended ended = holdfast(with("diff", file(DOCUMENT)));

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.out())
        .isEqualTo(
            """
            + resource web-db in web
                type  Generic Application
            ~ resource web-app in web: takes effect at the next online
                CommandLine  sleep 1 → sleep 2
                Port         8080 → (default)
            - checkpoint registry:Software\\X of web-app
            """);
    assertThat(ended.err())
        .isEqualTo(
            """
            left alone, not in the file: group mail
            would be: 1 created, 1 changed, 1 deleted
            """);
  }

  @Test
  void diffOfWhatIsSo_isOk_andSilentOnStdout() throws Exception {
    cluster.clusterFile.plan = new ClusterPlanView(7, List.of(), List.of());

    assertThat(holdfast(with("diff", file(DOCUMENT))))
        .isEqualTo(new Ended(0, "", "nothing would change\n"));
  }

  @Test
  void diffAsJson_hasTheFieldsOfThePlan() throws Exception {
    JsonNode answer = holdfast(with("diff", file(DOCUMENT), "-o", "json")).json();

    assertThat(answer.path("kind").asString()).isEqualTo("ClusterPlan");
    assertThat(answer.at("/items/0").propertyNames())
        .containsExactly("revision", "changes", "leftAlone");
    assertThat(answer.at("/items/0/changes/1").propertyNames())
        .containsExactly("action", "kind", "name", "in", "fields", "effect");
    assertThat(answer.at("/items/0/changes/1/fields/1/to").isNull()).isTrue();
  }

  // ---- what is wrong
  // -------------------------------------------------------------------------------

  @Test
  void whatTheServiceFindsWrong_isToldWithItsPlaceInTheFile() throws Exception {
    Path file = file(DOCUMENT);
    cluster.clusterFile.problems.add(
        new Problem("Version", "Version is no good.", "/groups/0/resources/0/properties/Version"));

    assertOneLine(holdfast(with("diff", file)), 9, file + ":8:22: Version is no good.");
    assertOneLine(holdfast(with("apply", file)), 9, file + ":8:22: Version is no good.");
  }

  @Test
  void severalProblems_haveALineEach_inTheOrderOfTheFile() throws Exception {
    Path file = file(DOCUMENT);
    cluster.clusterFile.problems.add(new Problem(null, "Second.", "/groups/0/resources/0/type"));
    cluster.clusterFile.problems.add(new Problem(null, "First.", "/kind"));

    Ended ended = holdfast(with("apply", file, "-q"));

    assertThat(ended.code()).isEqualTo(9);
    assertThat(ended.err())
        .isEqualTo(
            "%s:2:1: First.\n%s:7:9: Second.\nholdfast: %s: 2 problems; nothing was changed.\n"
                .formatted(file, file, file));
  }

  @Test
  void whatIsNoYaml_isToldWithoutTheService() throws Exception {
    server.close();
    Path file = file("apiVersion: holdfast/v1\nkind: Cluster\nkind: Cluster\n");

    assertOneLine(holdfast(with("apply", file)), 9, file + ":3:1: \"kind\" is there twice");
  }

  @Test
  void aFileThatIsNotThere_tooLarge_orNotNamed_isRefused() throws Exception {
    Path large = home.resolve("large.yaml");
    Files.write(large, new byte[10 << 20]);

    assertOneLine(holdfast("apply", "-f", home.resolve("none").toString()), 4, "There is no file");
    assertOneLine(holdfast(with("apply", large)), 9, "larger than the 4 MiB");
    assertOneLine(holdfast(with("apply", home)), 1, "cannot be read");
    assertThat(holdfast("apply").code()).isEqualTo(2);
    assertThat(cluster.clusterFile.sent).isEmpty();
  }

  // ---- export
  // --------------------------------------------------------------------------------------

  @Test
  void export_isADocument_andTellsOfSecretsBeside() {
    Ended ended = holdfast("export");

    assertThat(ended.code()).isZero();
    assertThat(ended.out())
        .startsWith("apiVersion: holdfast/v1\nkind: Cluster\ngroups:\n  - ")
        .contains("name: web-db", "secrets:");
    assertThat(ended.err())
        .isEqualTo(
            "note: secrets of web-db are kept where it is, and are not in the file: Password\n");
  }

  @Test
  void exportAsJson_isAnEnvelope() {
    JsonNode answer = holdfast("export", "-o", "json", "-q").json();

    assertThat(answer.path("apiVersion").asString()).isEqualTo("holdfast/v1");
    assertThat(answer.path("kind").asString()).isEqualTo("Cluster");
    assertThat(answer.at("/items/0/groups/0/name").asString()).isEqualTo("web");
  }

  @Test
  void exportOfTheSchema_isTheSchemaItself() {
    assertThat(holdfast("export", "--schema").json().propertyNames()).containsExactly("title");
  }
}
