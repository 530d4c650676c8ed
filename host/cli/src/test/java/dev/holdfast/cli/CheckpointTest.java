package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.service.api.CheckpointApi.NewCheckpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class CheckpointTest extends AgainstFakeCluster {
  @Test
  void list_tellsAll_orThoseOfAResource() {
    String table =
        """
        RESOURCE  ID  SOURCE    PATH              GENERATION  SIZEBYTES  CAUSE    POLICY    SAVED                DETAIL
        web-app   1   registry  Software\\Contoso  2           4096       Changed  continue  2026-11-21 22:40:02  -
        web-app   2   file      /etc/contoso      1           4096       Added    fail      2026-11-21 22:40:01  -
        """;

    assertThat(holdfast("checkpoint", "list")).isEqualTo(new Ended(0, table, ""));
    assertThat(holdfast("checkpoint", "list", "web-app").out()).isEqualTo(table);
    assertThat(holdfast("checkpoint", "list", "web-db").out().lines()).hasSize(1);
    assertThat(holdfast("checkpoint", "list", "-o", "wide").out())
        .contains("QUIETMILLIS", "UNRESTORED", "sha256:12", "*.log");
    assertThat(holdfast("checkpoint", "list", "-o", "name").out()).isEqualTo("1\n2\n");
    assertThat(holdfast("checkpoint", "list", "-o", "json").json().path("kind").asString())
        .isEqualTo("CheckpointList");
    assertOneLine(holdfast("checkpoint", "list", "nobody"), 4, "There is no resource nobody.");
  }

  @Test
  void show_hasExactlyTheFieldsOfACheckpoint() {
    JsonNode shown = holdfast("checkpoint", "show", "web-app", "1", "-o", "json").json();

    assertThat(shown.path("kind").asString()).isEqualTo("Checkpoint");
    assertThat(shown.path("items").size()).isEqualTo(1);
    assertThat(shown.at("/items/0").propertyNames())
        .containsExactly(
            "id",
            "resource",
            "source",
            "path",
            "generation",
            "digest",
            "sizeBytes",
            "savedAt",
            "cause",
            "policy",
            "onDrift",
            "excludes",
            "keep",
            "quietMillis",
            "delayMillis",
            "rollBackWithinMillis",
            "unrestored",
            "watched",
            "dirtySince");
    assertThat(shown.at("/items/0/savedAt").asString()).isEqualTo("2026-11-21T22:40:02.120Z");
    assertThat(holdfast("checkpoint", "show", "web-app", "2").out())
        .isEqualTo(
            """
            id                    2
            resource              web-app
            source                file
            path                  /etc/contoso
            generation            1
            digest                sha256:21
            sizeBytes             4096
            savedAt               2026-11-21T22:40:01.120Z
            cause                 Added
            policy                fail
            onDrift               adopt
            excludes              *.log
            keep                  3
            quietMillis           0
            delayMillis           500
            rollBackWithinMillis  0
            unrestored            false
            watched               true
            dirtySince            -
            """);
    assertOneLine(holdfast("checkpoint", "show", "web-app", "3"), 4, "has no checkpoint 3");
  }

  @Test
  void showOfAGeneration_isThatGeneration() {
    Ended ended = holdfast("checkpoint", "show", "web-app", "1", "--generation", "1", "-o", "json");

    assertThat(ended.json().path("kind").asString()).isEqualTo("Generation");
    assertThat(ended.json().at("/items/0/digest").asString()).isEqualTo("sha256:11");
    assertOneLine(
        holdfast("checkpoint", "show", "web-app", "1", "--generation", "9"),
        4,
        "has no generation 9");
  }

  @Test
  void showWithAFormat_writesBytesToStdout() {
    var out = new ByteArrayOutputStream();

    Ended ended =
        holdfast(out, "checkpoint", "show", "web-app", "1", "--generation", "1", "--format", "reg");

    assertThat(ended.code()).isZero();
    assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo("reg of generation 1 \u00e9\n");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void showWithAFile_makesIt_andReplacesNoneUnasked() throws IOException {
    Path file = home.resolve("contoso.hive");
    String[] show = {
      "checkpoint", "show", "web-app", "1", "--format", "hive", "-f", file.toString()
    };

    assertThat(holdfast(with(show, "--dry-run")).err())
        .isEqualTo(file + " would be written, 23 bytes\n");
    assertThat(file).doesNotExist();
    assertThat(holdfast(show)).isEqualTo(new Ended(0, "", file + " written, 23 bytes\n"));
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
        .isEqualTo("hive of generation 2 \u00e9\n");
    assertOneLine(holdfast(show), 7, "--force");
    assertThat(holdfast(with(show, "--force")).code()).isZero();
  }

  private static String[] with(String[] args, String more) {
    String[] all = java.util.Arrays.copyOf(args, args.length + 1);
    all[args.length] = more;
    return all;
  }

  @Test
  void contentThatIsDamaged_orBreaksOff_isNotWrittenAtAll() {
    Path file = home.resolve("contoso.hive");
    String[] show = {
      "checkpoint", "show", "web-app", "1", "--format", "hive", "-f", file.toString()
    };

    cluster.checkpoints.breaksOff = true;
    assertOneLine(holdfast(show), 5, "broke off");
    assertOneLine(holdfast("checkpoint", "show", "web-app", "1", "--format", "hive"), 5);
    cluster.checkpoints.spoil("web-app", 1, 2, "Missing");
    assertOneLine(holdfast(show), 7, "is missing");
    assertThat(file).doesNotExist();
  }

  @Test
  void add_givesTheCheckpoint_andSaysTheRestBeside() {
    String[] add = {"checkpoint", "add", "web-app", "registry:System\\Services\\Web"};

    assertThat(holdfast(with(add, "--dry-run")).err())
        .contains("checkpoint 3 of web-app would be added, generation 1\n");
    assertThat(holdfast(add))
        .isEqualTo(
            new Ended(
                0,
                """
                RESOURCE  ID  SOURCE    PATH                 GENERATION  SIZEBYTES  CAUSE  POLICY    SAVED                DETAIL
                web-app   3   registry  System\\Services\\Web  1           4096       Added  continue  2026-11-21 22:40:01  -
                """,
                """
                note: The key has the value Start, which belongs to the node.
                checkpoint 3 of web-app added, generation 1
                """));
    assertThat(cluster.checkpoints.added).hasSize(2);
    assertThat(cluster.checkpoints.callers.getFirst().pid())
        .isEqualTo(ProcessHandle.current().pid());
  }

  @Test
  void validate_saysWhatWouldNotDo_andExitsWith3() {
    assertThat(holdfast("validate", "--only", "checkpoints"))
        .isEqualTo(
            new Ended(
                3,
                """
                CHECK        NODE   OBJECT                                             RESULT
                checkpoints  alpha  web-app, checkpoint 1 (registry:Software\\Contoso)  ok
                checkpoints  alpha  web-app, checkpoint 2 (file:/etc/contoso)          HandleHeld
                """,
                """
                web-app, checkpoint 2 (file:/etc/contoso) on alpha: vi (pid 7) has it open for writing; next: end the processes that have its files open for writing
                2 looked at, 1 would not do
                """));
    assertThat(cluster.validated).containsExactly(Set.of("checkpoints"));
    assertThat(holdfast("validate", "-q", "-o", "json").json().at("/kind").asString())
        .isEqualTo("ValidationList");
  }

  @Test
  void add_asJsonIsTheCheckpoint_andAsNameItsId() {
    Ended ended = holdfast("checkpoint", "add", "web-db", "file:/etc/db", "-q", "-o", "json");

    assertThat(ended.err()).isEmpty();
    assertThat(ended.json().path("kind").asString()).isEqualTo("Checkpoint");
    assertThat(ended.json().at("/items/0/path").asString()).isEqualTo("/etc/db");
    assertThat(holdfast("checkpoint", "add", "web-db", "file:/x", "-q", "-o", "name"))
        .isEqualTo(new Ended(0, "2\n", ""));
  }

  @Test
  void add_passesOnWhatIsSaid() {
    holdfast(
        "checkpoint",
        "add",
        "web-db",
        "file:/etc/db",
        "--on-restore-failure",
        "force",
        "--on-drift",
        "refuse",
        "--exclude",
        "*.log",
        "--exclude",
        "tmp/**",
        "--keep",
        "4",
        "--quiet",
        "250ms",
        "--max-delay",
        "2s",
        "--roll-back-within",
        "1m",
        "--grant");
    holdfast("checkpoint", "add", "web-db", "file:/x", "--quiet=0", "--max-delay", "0", "-q");

    assertThat(cluster.checkpoints.added)
        .containsExactly(
            new NewCheckpoint(
                "file:/etc/db",
                "force",
                "refuse",
                List.of("*.log", "tmp/**"),
                4,
                250L,
                2000L,
                60_000L,
                true),
            new NewCheckpoint("file:/x", null, null, List.of(), null, 0L, 0L, null, false));
  }

  @Test
  void quietIsATimeOnlyWhereACheckpointIsAdded() {
    assertThat(holdfast("checkpoint", "save", "web-app", "--quiet").err()).isEmpty();
    assertThat(holdfast("resource", "offline", "web-app", "--quiet").err()).isEmpty();
    for (String quiet : List.of("-q", "--quiet")) {
      assertThat(holdfast(quiet, "checkpoint", "add", "web-db", "file:/y" + quiet, "--quiet", "1s"))
          .extracting(Ended::code, Ended::err)
          .containsExactly(0, "");
    }
    assertThat(holdfast("checkpoint", "add", "web-db", "file:/z", "--quiet", "1s").err())
        .isNotEmpty();
  }

  @Test
  void add_isRefusedInOneLine_withTheCodeOfItsClass() {
    assertOneLine(
        holdfast("checkpoint", "add", "web-app", "registry:SOFTWARE\\Contoso"), 7, "already");
    assertOneLine(holdfast("checkpoint", "add", "web-app", "registry:\\Software"), 9, "HKLM");
    assertOneLine(holdfast("checkpoint", "add", "web-app", "regedit:Software"), 9);
    assertOneLine(holdfast("checkpoint", "add", "web-app", "registry:Absent"), 9, "no key");
    assertOneLine(holdfast("checkpoint", "add", "nobody", "file:/x"), 4, "nobody");
    assertOneLine(holdfast("checkpoint", "add", "web-app", "registry:Secret"), 6, "--grant");
    assertThat(holdfast("checkpoint", "add", "web-app", "registry:Secret", "--grant").code())
        .isZero();
    assertOneLine(
        holdfast("checkpoint", "add", "web-app", "file:/x", "--on-drift", "ask"),
        2,
        "restore, adopt, refuse");
  }

  @Test
  void save_isOfAll_orOfOne() {
    assertThat(holdfast("checkpoint", "save", "web-app", "--dry-run").err())
        .contains("checkpoint 1 of web-app would be saved, generation 3\n");
    assertThat(holdfast("checkpoint", "save", "web-app", "-o", "name"))
        .isEqualTo(
            new Ended(
                0,
                "1\n2\n",
                """
                checkpoint 1 of web-app saved, generation 3
                    Parameters\\Port   REG_DWORD 80 → 8080
                checkpoint 2 of web-app saved, generation 2
                """));

    JsonNode one = holdfast("checkpoint", "save", "web-app", "2", "-o", "json").json();
    assertThat(one.path("kind").asString()).isEqualTo("CheckpointList");
    assertThat(one.at("/items/0/generation").asInt()).isEqualTo(3);
    assertThat(one.at("/items/0/cause").asString()).isEqualTo("Manual");
    assertOneLine(holdfast("checkpoint", "save", "web-app", "7"), 4, "no checkpoint 7");
  }

  @Test
  void remove_saysWhatIsGone() {
    assertThat(holdfast("checkpoint", "remove", "web-app", "1", "--dry-run").err())
        .contains("checkpoint 1 of web-app would be removed");
    assertThat(holdfast("checkpoint", "remove", "web-app", "1"))
        .isEqualTo(
            new Ended(
                0,
                "",
                "checkpoint 1 of web-app removed, with all its generations; what is live"
                    + " stays\n"));
    assertOneLine(holdfast("checkpoint", "remove", "web-app", "1"), 4, "no checkpoint 1");
    JsonNode gone = holdfast("checkpoint", "remove", "web-app", "2", "-o", "json").json();
    assertThat(gone.path("kind").asString()).isEqualTo("Checkpoint");
  }

  @Test
  void history_isOldestFirst() {
    assertThat(holdfast("checkpoint", "history", "web-app", "1"))
        .isEqualTo(
            new Ended(
                0,
                """
                GENERATION  SAVED                CAUSE    NODE   SIZEBYTES  STATE
                1           2026-11-21 22:40:01  Added    alpha  4096       Good
                2           2026-11-21 22:40:02  Changed  alpha  4096       Good   current
                """,
                ""));
    assertThat(holdfast("checkpoint", "history", "web-app", "1", "-o", "wide").out())
        .contains("REVISION", "sha256:11");
    assertThat(holdfast("checkpoint", "history", "web-app", "1", "-o", "name").out())
        .isEqualTo("1\n2\n");
    assertThat(
            holdfast("checkpoint", "history", "web-app", "1", "-o", "json")
                .json()
                .path("kind")
                .asString())
        .isEqualTo("GenerationList");
  }

  @Test
  void diff_isALineForEachDifference() {
    assertThat(holdfast("checkpoint", "diff", "web-app", "1"))
        .isEqualTo(
            new Ended(
                0,
                """
                owner                root → alice
                - Old                3 values
                Parameters\\Port      REG_DWORD 80 → 8080
                + Parameters\\Theme   REG_SZ dark\uFFFD[2J
                Parameters\\Width     REG_DWORD 1 → REG_SZ 1
                """,
                "Software\\Contoso, from generation 2 to what is live: 5 differences\n"));
    assertThat(holdfast("checkpoint", "diff", "web-app", "2").out())
        .isEqualTo(
            """
            app.conf mode   0644 → 0600
            + new.conf      12 bytes
            """);
  }

  @Test
  void diff_isOfGenerationsWhereTheyAreNamed() {
    JsonNode diff = holdfast("checkpoint", "diff", "web-app", "1", "1", "2", "-o", "json").json();

    assertThat(diff.path("kind").asString()).isEqualTo("CheckpointDiff");
    assertThat(diff.at("/items/0/from").asString()).isEqualTo("1");
    assertThat(diff.at("/items/0/to").asString()).isEqualTo("2");
    assertThat(diff.at("/items/0/differences/1/to").isNull()).isTrue();
    assertThat(holdfast("checkpoint", "diff", "web-app", "1", "1").err()).contains("live");
    assertThat(holdfast("checkpoint", "diff", "web-app", "1", "2", "2"))
        .isEqualTo(
            new Ended(
                0, "", "Software\\Contoso, from generation 2 to generation 2: no difference\n"));
    assertOneLine(holdfast("checkpoint", "diff", "web-app", "1", "9"), 4, "no generation 9");
  }

  @Test
  void rollback_isANewGeneration() {
    assertThat(holdfast("checkpoint", "rollback", "web-app", "1", "--to", "1", "-o", "jsonl"))
        .satisfies(
            ended -> {
              assertThat(ended.json().path("generation").asInt()).isEqualTo(3);
              assertThat(ended.json().path("cause").asString()).isEqualTo("RolledBack");
              assertThat(ended.err())
                  .isEqualTo(
                      """
                      note: It has what generation 1 had.
                      checkpoint 1 of web-app rolled back to what generation 1 had, generation 3
                          Parameters\\Port   REG_DWORD 80 → 8080
                      """);
            });
    assertThat(holdfast("checkpoint", "rollback", "web-app", "1", "--to", "1", "--dry-run").err())
        .contains("would be rolled back");
    assertOneLine(
        holdfast("checkpoint", "rollback", "web-app", "1", "--to", "9"), 4, "no generation 9");
  }

  @Test
  void verify_isZeroWhenAllAreGood_andThreeWhenOneIsNot() {
    assertThat(holdfast("checkpoint", "verify"))
        .isEqualTo(
            new Ended(
                0,
                """
                RESOURCE  CHECKPOINT  GENERATION  SIZEBYTES  STATE
                web-app   1           1           4096       Good
                web-app   1           2           4096       Good
                web-app   2           1           4096       Good
                """,
                "3 generations read back, all good\n"));

    cluster.checkpoints.spoil("web-app", 1, 1, "Missing");
    Ended missing = holdfast("checkpoint", "verify", "web-app");
    assertThat(missing.code()).isEqualTo(3);
    assertThat(missing.out()).contains("Missing");
    assertThat(missing.err()).contains("1 of them missing or damaged");

    cluster.checkpoints.spoil("web-app", 1, 1, "Damaged");
    assertThat(holdfast("checkpoint", "verify", "-o", "json"))
        .satisfies(
            ended -> {
              assertThat(ended.code()).isEqualTo(3);
              assertThat(ended.json().path("kind").asString()).isEqualTo("GenerationList");
            });
    assertThat(holdfast("checkpoint", "verify", "web-db").code()).isZero();
  }
}
