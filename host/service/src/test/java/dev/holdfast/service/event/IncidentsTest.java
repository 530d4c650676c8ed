package dev.holdfast.service.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncidentsTest {
  private static final IncidentReport REPORT =
      new IncidentReport(
          Instant.parse("2026-11-22T10:00:00.123Z"),
          "shared-0",
          4711,
          3,
          new IncidentReport.Exit(null, 9, "killed by SIGKILL"),
          List.of(
              new IncidentReport.Call("web-app", "generic-application", "IS_ALIVE", 12),
              new IncidentReport.Call(null, "ticker", "LOAD", 3)),
          "web-app",
          List.of("web-db", "web-app"));

  @TempDir Path home;
  private Path folder;
  private Incidents incidents;

  @BeforeEach
  void setUp() throws IOException {
    folder = home.resolve("incidents");
    incidents = Incidents.open(folder, 3);
  }

  @Test
  void anIncidentComesBackAsItWasWithItsEvidence() throws IOException {
    Path output = Files.writeString(home.resolve("out.log"), "first\nlast\n");

    Incident written =
        incidents.record(
            REPORT,
            List.of(
                new Evidence.Tail("output.log", output),
                new Evidence.Head("hs_err.log", home.resolve("no-crash.log")),
                new Evidence.Text("threads.txt", "main: é")));

    assertThat(written.seq()).isEqualTo(1);
    assertThat(written.report()).isEqualTo(REPORT);
    assertThat(written.evidence()).containsExactly("output.log", "threads.txt");
    assertThat(Incidents.open(folder).find(1)).contains(written);
    assertThat(folder.resolve("1/output.log")).hasContent("first\nlast\n");
    assertThat(folder.resolve("1/threads.txt")).hasContent("main: é");
    assertThat(incidents.find(2)).isEmpty();
  }

  @Test
  void longEvidenceIsKeptInPart() throws IOException {
    String half = "h".repeat(Incidents.EVIDENCE_LIMIT_BYTES);
    Path file = Files.writeString(home.resolve("big"), "first" + half + "last");

    incidents.record(
        REPORT,
        List.of(
            new Evidence.Head("head", file),
            new Evidence.Tail("tail", file),
            new Evidence.Text("text", half + "last")));

    assertThat(Files.readString(folder.resolve("1/head")))
        .startsWith("firsth")
        .hasSize(Incidents.EVIDENCE_LIMIT_BYTES);
    assertThat(Files.readString(folder.resolve("1/tail")))
        .endsWith("hlast")
        .hasSize(Incidents.EVIDENCE_LIMIT_BYTES);
    assertThat(Files.readString(folder.resolve("1/text"))).isEqualTo(half);
  }

  @Test
  void whatWasDoneIsAddedLater() throws IOException {
    incidents.record(REPORT, List.of());

    incidents.update(1, incident -> incident.did("web-app adopted").took("foundMillis", 27));
    incidents.update(1, incident -> incident.did("web-db adopted").took("allMillis", 30));

    Incident now = Incidents.open(folder).find(1).orElseThrow();
    assertThat(now.actions()).containsExactly("web-app adopted", "web-db adopted");
    assertThat(now.timings()).containsEntry("foundMillis", 27L).containsEntry("allMillis", 30L);
    assertThat(now.report()).isEqualTo(REPORT);
    assertThat(incidents.update(9, incident -> incident)).isEmpty();
  }

  @Test
  void theFileHasTheFieldsOfTheCommandLine() throws IOException {
    incidents.record(REPORT, List.of());

    assertThat(Files.readString(folder.resolve("1/incident.json")).replaceAll("\\s+", ""))
        .isEqualTo(
            "{\"seq\":1,\"time\":\"2026-11-22T10:00:00.123Z\",\"monitor\":\"shared-0\",\"pid\":4711,"
                + "\"epoch\":3,\"exit\":{\"code\":null,\"signal\":9,\"reason\":\"killedbySIGKILL\"},"
                + "\"calls\":[{\"resource\":\"web-app\",\"plugin\":\"generic-application\","
                + "\"entryPoint\":\"IS_ALIVE\",\"millis\":12},{\"resource\":null,\"plugin\":\"ticker\","
                + "\"entryPoint\":\"LOAD\",\"millis\":3}],\"culprit\":\"web-app\","
                + "\"victims\":[\"web-db\",\"web-app\"],\"actions\":[],\"timings\":{},"
                + "\"evidence\":[]}");
  }

  @Test
  void theOldestGoFirstAndNumbersGoOn() throws IOException {
    for (int i = 1; i <= 5; i++) {
      assertThat(incidents.record(REPORT, List.of()).seq()).isEqualTo(i);
    }

    assertThat(incidents.list()).extracting(Incident::seq).containsExactly(3L, 4L, 5L);
    assertThat(Incidents.open(folder, 3).record(REPORT, List.of()).seq()).isEqualTo(6);
  }

  @Test
  void whatACrashLeftUnfinishedIsRemovedAndNeverListed() throws IOException {
    Files.createDirectories(folder.resolve("7.tmp"));
    Files.writeString(folder.resolve("7.tmp/incident.json"), "{");

    Incidents opened = Incidents.open(folder);

    assertThat(folder.resolve("7.tmp")).doesNotExist();
    assertThat(opened.list()).isEmpty();
    assertThat(opened.record(REPORT, List.of()).seq()).isEqualTo(1);
  }

  @Test
  void whatACrashLeftOfAnUpdateIsRemoved_andTheIncidentIsAsItWas() throws IOException {
    Incident written = incidents.record(REPORT, List.of());
    Path half = folder.resolve(written.seq() + "/incident.json.tmp");
    Files.writeString(half, "{ half");

    Incidents again = Incidents.open(folder, 3);

    assertThat(half).doesNotExist();
    assertThat(again.find(written.seq())).contains(written);
  }

  @Test
  void aDamagedOneIsNamedAndHidesNoOther() throws IOException {
    incidents.record(REPORT, List.of());
    incidents.record(REPORT, List.of());
    Files.writeString(folder.resolve("1/incident.json"), "{\"seq\":1}");

    assertThatThrownBy(() -> incidents.find(1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("1/incident.json is damaged");
    assertThat(incidents.list()).extracting(Incident::seq).containsExactly(2L);
  }

  @Test
  void evidenceCannotBeWrittenElsewhere() {
    for (String name : List.of("../x", "a/b", "", ".hidden", "incident.json")) {
      assertThatThrownBy(() -> incidents.record(REPORT, List.of(new Evidence.Text(name, ""))))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
