package dev.holdfast.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads what others wrote: a proc tree, event files, incidents, what is left. */
class ReadingTest {
  @TempDir Path folder;

  // ---- /proc -------------------------------------------------------------------------------

  @BeforeEach
  void makeProc() throws IOException {
    write("proc/sys/kernel/random/boot_id", "boot-1\n");
    write("proc/uptime", "1234.56 99.00\n");
  }

  private Path write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private void process(int pid, String name, char state, int parent, String environment)
      throws IOException {
    String zeros = "0 ".repeat(12);
    write(
        "proc/" + pid + "/stat",
        "%d (%s) %s %d 7 8 %s 1 0 %d000 rest\n".formatted(pid, name, state, parent, zeros, pid));
    write("proc/" + pid + "/environ", environment);
    write("proc/" + pid + "/cmdline", name + "\0--flag\0");
  }

  @Test
  void aProcess_isReadWithItsTokenItsWordsAndItsPlaces() throws Exception {
    process(4, "odd ) name", 'S', 1, "A=1\0HOLDFAST_SLOT=token-4711\0B=2\0");
    process(5, "plain", 'S', 4, "A=1\0");
    process(6, "gone", 'Z', 4, "");
    Files.createSymbolicLink(folder.resolve("proc/4/cwd"), folder);

    ProcessTable table = ProcessTable.read(folder.resolve("proc"));

    ProcessSeen holder = table.find(4).orElseThrow();
    assertThat(table.bootId()).isEqualTo("boot-1");
    assertThat(table.uptimeTicks()).isEqualTo(123_456);
    assertThat(holder.name()).isEqualTo("odd ) name");
    assertThat(holder.tokenDigest()).contains(Digests.ofText("token-4711"));
    assertThat(holder.startTicks()).isEqualTo(4000);
    assertThat(holder.command()).containsExactly("odd ) name", "--flag");
    assertThat(holder.places()).containsExactly(folder);
    assertThat(table.holders()).containsExactly(holder);
    assertThat(table.find(5).orElseThrow().command()).isEmpty();
    assertThat(table.find(6).orElseThrow().isDead()).isTrue();
    assertThat(table.ancestors(table.find(5).orElseThrow())).containsExactly(holder);
    assertThat(table.living(new Facts.Life(4, 4000, "boot-1"))).isPresent();
    assertThat(table.living(new Facts.Life(4, 4001, "boot-1"))).isEmpty();
    assertThat(table.living(new Facts.Life(4, 4000, "boot-0"))).isEmpty();
    assertThat(table.living(new Facts.Life(6, 6000, "boot-1"))).isEmpty();
  }

  @Test
  void aFootprint_isThreadsDescriptorsAndTheirLimit() throws Exception {
    write("proc/4/status", "Name:\tjava\nThreads:\t21\nNoNewPrivs:\t0\n");
    write(
        "proc/4/limits",
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max open files            1024                 4096                 files
        """);
    write("proc/4/fd/0", "");
    write("proc/4/fd/1", "");

    assertThat(Footprint.of(folder.resolve("proc"), 4)).contains(new Footprint(21, 2, 1024));
    assertThat(Footprint.of(folder.resolve("proc"), 5)).isEmpty();
  }

  // ---- events ------------------------------------------------------------------------------

  private static String line(long seq, int id, String rest) {
    String summed =
        "{\"seq\":%d,\"id\":%d,\"time\":\"2026-11-26T10:00:%02d.000Z\"%s"
            .formatted(seq, id, seq, rest);
    var sum = new CRC32C();
    sum.update(summed.getBytes(StandardCharsets.UTF_8));
    return summed + ",\"crc32c\":\"" + HexFormat.of().toHexDigits((int) sum.getValue()) + "\"}";
  }

  private static String death(long seq, long incident) {
    return line(
        seq,
        1146,
        ",\"parameters\":{\"monitor\":\"shared-0\",\"pid\":\"77\"},\"incident\":" + incident);
  }

  private EventFiles events(long first, List<String> lines, String end) throws IOException {
    write("events/events-%019d.jsonl".formatted(first), String.join("\n", lines) + end);
    return EventFiles.read(folder.resolve("events"));
  }

  private static List<String> wellFormed() {
    return new ArrayList<>(
        List.of(line(4, 2007, ""), death(5, 1), line(6, 1061, ""), line(7, 2007, "")));
  }

  @Test
  void aLogThatIsWhole_isReadOverItsFiles() throws Exception {
    events(4, wellFormed(), "\n");
    EventFiles events = events(8, List.of(line(8, 2007, ""), line(9, 2007, "")), "\n");

    assertThat(events.damages()).isEmpty();
    assertThat(events.files()).isEqualTo(2);
    assertThat(events.first()).isEqualTo(4);
    assertThat(events.last()).isEqualTo(9);
    assertThat(events.deaths()).containsExactly(new EventFiles.Death(5, 1, "shared-0", 77));
    assertThat(events.starts()).hasSize(1);
    assertThat(events.starts().getFirst().lastBefore()).isBefore(events.starts().getFirst().time());
  }

  @Test
  void aLineThatIsMissing_isNamedByItsPlace() throws Exception {
    List<String> lines = wellFormed();
    lines.remove(1);

    assertThat(events(4, lines, "\n").damages())
        .containsExactly(
            new EventFiles.Damage(
                "events-0000000000000000004.jsonl:2", "event 5 is missing before it", false));
  }

  @Test
  void aLineThatWasAltered_isDamage_andOneThatIsBeingWrittenIsAtTheEnd() throws Exception {
    List<String> lines = wellFormed();
    lines.set(1, lines.get(1).replace("shared-0", "shared-1"));
    lines.add("{\"seq\":8,\"id\":20");

    List<EventFiles.Damage> damages = events(4, lines, "").damages();

    assertThat(damages).extracting(EventFiles.Damage::atTheEnd).containsExactly(false, false, true);
    assertThat(damages.getFirst().place()).endsWith(":2");
    assertThat(damages.getLast().place()).endsWith(":5");
  }

  @Test
  void aHomeThatNobodyServedYet_hasNeitherEventsNorIncidents() throws Exception {
    assertThat(EventFiles.read(folder.resolve("events")).last()).isZero();
    assertThat(IncidentFolders.read(folder.resolve("incidents")).incidents()).isEmpty();
    assertThat(TemporaryFiles.in(folder, folder.resolve("plugins"))).isEmpty();
  }

  // ---- incidents and what is left ------------------------------------------------------------

  @Test
  void incidents_areReadInOrder_andWhatIsHalfMadeIsFoundWhereverItIsMade() throws Exception {
    for (int seq : List.of(10, 9)) {
      write(
          "incidents/" + seq + "/incident.json",
          "{\"seq\":%d,\"time\":\"2026-11-26T10:00:00.000Z\",\"monitor\":\"shared-0\",\"pid\":7}"
              .formatted(seq));
    }
    write("incidents/10/incident.json.tmp", "");
    write("incidents/11.tmp/incident.json", "");
    write("run/service.json.new", "");
    write("run/service.json", "");
    write("unpacked/.incoming-1/lib", "");
    write("unpacked/abc/lib", "");
    write("plugins/.incoming-2.zip", "");
    write("plugins/abc.zip", "");

    assertThat(IncidentFolders.read(folder.resolve("incidents")).incidents())
        .extracting(IncidentFolders.Incident::seq)
        .containsExactly(9L, 10L);
    assertThat(TemporaryFiles.in(folder, folder.resolve("plugins")))
        .extracting(path -> folder.relativize(path).toString())
        .containsExactlyInAnyOrder(
            "incidents/10/incident.json.tmp",
            "incidents/11.tmp",
            "run/service.json.new",
            "unpacked/.incoming-1",
            "plugins/.incoming-2.zip");
  }
}
