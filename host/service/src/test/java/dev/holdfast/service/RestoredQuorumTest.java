package dev.holdfast.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.cluster.ResourceId;
import dev.holdfast.protocol.MonitorCommand;
import dev.holdfast.quorum.InMemoryQuorumLog;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.service.node.RunsElsewhereException;
import dev.holdfast.service.process.BootTicks;
import dev.holdfast.service.process.FakeProcesses;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.SeenProcess;
import dev.holdfast.service.process.SlotToken;
import dev.holdfast.service.record.ClusterRecords;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.slot.SlotRecord;
import dev.holdfast.spi.Exit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestoredQuorumTest {
  private static final Instant NOW = Instant.parse("2026-11-30T13:00:00Z");
  private static final Path SOCKET = Path.of("/run/holdfast-x/monitors.sock");
  private static final ResourceId WEB = new ResourceId(new UUID(1, 1));
  private static final SlotKey MAIN = new SlotKey(WEB, "main");
  private static final SlotToken OLD = SlotToken.of(WEB.value(), "main", new UUID(7, 1));
  private static final SlotToken NEW = SlotToken.of(WEB.value(), "main", new UUID(7, 2));

  private final InMemoryQuorumLog log = new InMemoryQuorumLog();
  private final ClusterRecords records = new ClusterRecords(log, "alpha");
  private final FakeProcesses processes = new FakeProcesses((_, _) -> {});

  @BeforeEach
  void restore() throws Exception {
    String key = "Resources\\" + WEB;
    log.commit(
        Batch.builder()
            .createKey("Groups\\" + new UUID(2, 2))
            .set("Groups\\" + new UUID(2, 2), RegistryValue.sz("Name", "apps"))
            .set("Groups\\" + new UUID(2, 2), RegistryValue.sz("Description", ""))
            .createKey(key + "\\Instance")
            .set(key, RegistryValue.sz("Name", "web"))
            .set(key, RegistryValue.sz("Type", "Sample"))
            .set(key, RegistryValue.sz("Group", new UUID(2, 2).toString()))
            .set(key, RegistryValue.dword("PersistentState", 1))
            .set(key + "\\Instance", RegistryValue.qword("Epoch", 5))
            .set(key + "\\Instance", RegistryValue.sz("Phase", "ONLINE"))
            .set(key + "\\Instance", RegistryValue.sz("Since", NOW.toString()))
            .set(key + "\\Instance", RegistryValue.sz("Why", ""))
            .createKey("Quorum")
            .set("Quorum", RegistryValue.qword("RestoredAt", NOW.toEpochMilli()))
            .set("Quorum", RegistryValue.sz("RestoredFrom", "/b.tar"))
            .set("Quorum", RegistryValue.qword("RestoredTakenAt", NOW.toEpochMilli() - 1))
            .set("Quorum", RegistryValue.qword("RestoredRevision", 3))
            .set("Quorum", RegistryValue.dword("RestorePending", 1))
            .build());
  }

  private ProcessIdentity record(int pid) {
    ProcessIdentity process = processes.adopt(pid);
    records
        .write(
            MAIN,
            new SlotRecord(
                OLD,
                new BootTicks(1, "boot"),
                "QUIT",
                Optional.of(process),
                Optional.<Exit>empty(),
                Optional.empty()))
        .join();
    return process;
  }

  private ProcessIdentity seen(int pid, int parent, Optional<SlotToken> token, String... words) {
    ProcessIdentity process = processes.adopt(pid);
    processes.show(new SeenProcess(process, parent, true, token, List.of(words)));
    return process;
  }

  private Optional<RestoredQuorum.Settled> settle() throws IOException {
    return RestoredQuorum.settle(records, processes, SOCKET, NOW);
  }

  private SlotRecord slot() {
    return Objects.requireNonNull(records.readAll().get(MAIN));
  }

  private long epoch() {
    return log.snapshot().value("Resources\\" + WEB + "\\Instance", "Epoch").orElseThrow().number();
  }

  private String phase() {
    return log.snapshot().value("Resources\\" + WEB + "\\Instance", "Phase").orElseThrow().text();
  }

  @Test
  void databaseThatWasNotRestored_isLeftAsItIs() throws Exception {
    assertThat(settle()).isPresent();
    var revision = log.snapshot().revision();

    assertThat(settle()).isEmpty();
    assertThat(log.snapshot().revision()).isEqualTo(revision);
  }

  @Test
  void recordedProcessThatLives_isKept() throws Exception {
    ProcessIdentity process = record(100);

    assertThat(settle().orElseThrow().found()).containsExactly("web");
    assertThat(slot().process()).contains(process);
    assertThat(slot().token()).isEqualTo(OLD);
    assertThat(phase()).isEqualTo("ONLINE");
  }

  @Test
  void processOfALaterLife_takesTheRecordsPlace() throws Exception {
    processes.kill(record(100), OLD).join();
    ProcessIdentity later = seen(200, 1, Optional.of(NEW));

    assertThat(settle().orElseThrow().found()).containsExactly("web");
    SlotRecord slot = slot();
    assertThat(slot.process()).contains(later);
    assertThat(slot.token()).isEqualTo(NEW);
    assertThat(slot.stopSignal()).isEqualTo("QUIT");
    assertThat(phase()).isEqualTo("ONLINE");
  }

  @Test
  void whereNothingRuns_theResourceIsOffline_andItsEpochGoesOnFurther() throws Exception {
    processes.kill(record(100), OLD).join();

    assertThat(settle().orElseThrow().found()).isEmpty();
    assertThat(phase()).isEqualTo("OFFLINE");
    assertThat(epoch()).isEqualTo(NOW.toEpochMilli());
    assertThat(records.restored().orElseThrow().isPending()).isFalse();
  }

  @Test
  void processOfAResourceThatIsNotThere_isNamed_andLeftAlone() throws Exception {
    UUID late = new UUID(9, 9);
    ProcessIdentity orphan = seen(300, 1, Optional.of(SlotToken.of(late, "main", new UUID(7, 3))));

    assertThat(settle().orElseThrow().orphans()).containsEntry(new ResourceId(late), 300);
    assertThat(processes.isAlive(orphan)).isTrue();
  }

  @Test
  void whatAnotherClustersServiceSeesTo_isNoneOfOurs() throws Exception {
    UUID theirs = new UUID(9, 9);
    seen(400, 1, Optional.empty(), "java", ClusterServiceMain.class.getName(), "serve");
    seen(300, 400, Optional.of(SlotToken.of(theirs, "main", new UUID(7, 3))));
    seen(301, 300, Optional.of(SlotToken.of(theirs, "side", new UUID(7, 4))));

    assertThat(settle().orElseThrow().orphans()).isEmpty();
  }

  @Test
  void clusterThatRunsElsewhere_isNotTakenIntoUse() throws Exception {
    seen(400, 1, Optional.empty(), "java", ClusterServiceMain.class.getName(), "serve");
    seen(200, 400, Optional.of(NEW));
    var revision = log.snapshot().revision();

    assertThatExceptionOfType(RunsElsewhereException.class)
        .isThrownBy(this::settle)
        .withMessageContaining("web")
        .withMessageContaining("pid 400");
    assertThat(log.snapshot().revision()).isEqualTo(revision);
  }

  @Test
  void monitorOfThisHome_isEnded_andThatOfAnotherIsNot() throws Exception {
    ProcessIdentity ours =
        seen(500, 1, Optional.empty(), MonitorCommand.MAIN_CLASS, "--socket", SOCKET.toString());
    ProcessIdentity other =
        seen(501, 1, Optional.empty(), MonitorCommand.MAIN_CLASS, "--socket", "/run/other.sock");

    settle();

    assertThat(processes.isAlive(ours)).isFalse();
    assertThat(processes.isAlive(other)).isTrue();
  }
}
