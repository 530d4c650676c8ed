package dev.holdfast.service.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.cluster.FailureWindow;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.GroupId;
import dev.holdfast.cluster.HealthState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.quorum.InMemoryQuorumLog;
import dev.holdfast.quorum.QuorumLog;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watch;
import dev.holdfast.registry.Watcher;
import dev.holdfast.service.process.BootTicks;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.SlotToken;
import dev.holdfast.service.slot.ExternalRecord;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.slot.SlotRecord;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.OfflineReason;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Timings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClusterRecordsTest {
  private static final Instant SINCE = Instant.parse("2026-11-22T10:00:00.123456789Z");
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant RETRY = Instant.parse("2026-11-22T13:00:00Z");
  private static final Phase.After FAILED =
      new Phase.After.BecomeFailed("exit 7", Optional.empty());
  private static final GroupConfig GROUP =
      new GroupConfig(new GroupId(new UUID(1, 0)), "Web", "all of the web");
  private static final Description DESCRIPTION =
      Description.of("Every Kind")
          .displayName("Every Kind of Property")
          .revision(3)
          .lives(Lives.ELSEWHERE)
          .exclusive()
          .requires("IP Address")
          .timings(
              Timings.DEFAULT
                  .withLooksAlive(Duration.ofMillis(1500))
                  .withOnlineLimit(Duration.ofHours(1)))
          .properties(
              Property.text("Text").required().help("Some text.").build(),
              Property.integer("Integer").range(-5, 5).defaultsTo(3).build(),
              Property.duration("Duration").atLeast(Duration.ofSeconds(1)).build(),
              Property.size("Size").atMost(1L << 40).since("1.2").build(),
              Property.path("Path").defaultsTo(Path.of("/srv")).build(),
              Property.list("List").defaultsTo(List.of("a", "b c")).build(),
              Property.choice("Choice").oneOf("fast", "slow").defaultsTo("slow").build(),
              Property.secret("Secret").effect(Property.Effect.FIXED).build())
          .build();
  private static final TypeRegistration TYPE =
      new TypeRegistration(
          "Every Kind",
          // Not in the order of their names: 1.10 comes after 1.9.
          List.of(version("1.9"), version("1.10"), version("1.11")),
          "1.10");

  private final InMemoryQuorumLog log = new InMemoryQuorumLog();
  private final ClusterRecords records = new ClusterRecords(log, "node-1");

  static List<Phase.Memory> memories() {
    return List.of(
        new Phase.Offline(),
        new Phase.Online(NOW),
        new Phase.Failed("exit 7", Optional.empty()),
        new Phase.Failed("exit 7", Optional.of(RETRY)),
        new Phase.GoingOnline(NOW, NOW),
        new Phase.GoingOffline(OfflineReason.OPERATOR, new Phase.After.BecomeOffline(), NOW),
        new Phase.GoingOffline(OfflineReason.FAILED, FAILED, NOW),
        new Phase.Terminating(new Phase.After.BecomeOffline(), 1, NOW),
        new Phase.Terminating(new Phase.After.BecomeFailed("exit 7", Optional.of(RETRY)), 1, NOW));
  }

  @ParameterizedTest
  @MethodSource("memories")
  void aResourceComesBackInTheSamePhase(Phase.Memory memory) {
    ClusterState state = state(resource(1, "db", memory));

    write(ClusterState.empty(), state);

    assertThat(records.read(NOW)).isEqualTo(state);
  }

  @ParameterizedTest
  @MethodSource("memories")
  void whatNoMonitorHoldsComesBackAsWhatItWas(Phase.Memory memory) {
    List<Phase> recovering =
        List.of(
            new Phase.Closed(memory, Optional.of(RETRY)),
            new Phase.Opening(memory, RETRY),
            new Phase.Finding(memory, 2, RETRY),
            new Phase.Asking(memory, 3, RETRY));

    for (Phase phase : recovering) {
      assertThat(writtenAndRead(phase)).isEqualTo(new Phase.Closed(memory));
    }
  }

  @Test
  void transientPhasesComeBackAsWhatMustBeDoneAboutThem() {
    assertThat(writtenAndRead(new Phase.Settling(NOW, RETRY)))
        .isEqualTo(new Phase.Closed(new Phase.GoingOnline(NOW, NOW)));
    assertThat(writtenAndRead(new Phase.Verifying(FAILED, 2, RETRY)))
        .isEqualTo(new Phase.Closed(new Phase.Terminating(FAILED, 1, NOW)));
    assertThat(
            writtenAndRead(
                new Phase.Changing(Set.of("Text"), Map.of("Text", List.of("a")), Set.of(), RETRY)))
        .isEqualTo(new Phase.Closed(new Phase.Online(NOW)));
    assertThat(writtenAndRead(new Phase.Checking(true, RETRY)))
        .as("nothing was started yet")
        .isEqualTo(new Phase.Closed(new Phase.Offline()));
  }

  @Test
  void groupsTypesAndResourcesComeBackEqual() {
    ResourceId db = id(1);
    ClusterResource app = resource(2, "app", new Phase.Offline());
    ResourceConfig config =
        new ResourceConfig(
            app.id(),
            "app",
            "every kind",
            GROUP.id(),
            Set.of(db, id(3)),
            true,
            CommonProperties.DEFAULT
                .with("Description", "with \"quotes\", ü and\na line")
                .with("RestartThreshold", "-1")
                .with("RestartAction", "1")
                .with("LooksAlivePollInterval", "250")
                .with("SeparateMonitor", "1"),
            Map.of(
                "Text", List.of("one"),
                "List", List.of("a", "b c", "d"),
                "Path", List.of("")));
    ClusterResource.Draft draft =
        ClusterResource.created(config, Lives.ELSEWHERE, DESCRIPTION.timings(), NOW)
            .edit()
            .remembered(Long.MAX_VALUE, new Phase.Offline(), "", SINCE, Optional.of(NOW))
            .counted(
                new FailureWindow(List.of(SINCE, SINCE.plusNanos(1))),
                5,
                6,
                Optional.of(new Exit.Signal(9)));
    var other = new GroupConfig(new GroupId(new UUID(1, 1)), "Batch", "");
    ClusterState state =
        ClusterState.remembered(
            List.of(GROUP, other),
            List.of(TYPE),
            List.of(
                resource(1, "db", new Phase.Online(NOW)),
                draft.done(),
                resource(3, "ip", new Phase.Offline())));

    write(ClusterState.empty(), state);

    ClusterState read = records.read(NOW);
    assertThat(read).isEqualTo(state);
    assertThat(read.findType("EVERY KIND").orElseThrow().versions()).isEqualTo(TYPE.versions());
  }

  @ParameterizedTest
  @MethodSource("lists")
  void aListComesBackItemByItem(List<String> items) {
    ClusterResource resource = resource(1, "db", new Phase.Offline());
    ClusterResource with =
        with(resource, resource.config().with(CommonProperties.DEFAULT, Map.of("List", items)));

    write(ClusterState.empty(), state(with));

    assertThat(onlyResource().config().properties()).isEqualTo(Map.of("List", items));
  }

  static List<List<String>> lists() {
    return List.of(
        List.of(),
        List.of(""),
        List.of("one"),
        List.of("a", "b"),
        List.of("", "--flag"),
        List.of("--name", ""),
        List.of("", "", "ü"));
  }

  @Test
  void resourcesKeepTheOrderOfTheirCreation() {
    ClusterState state = state();
    write(ClusterState.empty(), state);
    List<ClusterResource> all = new ArrayList<>();
    for (int number : List.of(9, 2, 7, 1, 8)) {
      all.add(resource(number, "r" + number, new Phase.Offline()));
      ClusterState more = state(all.toArray(ClusterResource[]::new));
      write(state, more);
      state = more;
    }

    assertThat(records.read(NOW).resources().keySet())
        .containsExactly(id(9), id(2), id(7), id(1), id(8));
  }

  @Test
  void resourcesKeepTheOrderOfTheirCreation_alsoWhenNoBatchIsDurableYet() {
    var late = new LateQuorumLog(log);
    var behind = new ClusterRecords(late, "node-1");
    ClusterState state = state();
    List<ClusterResource> all = new ArrayList<>();
    for (int number : List.of(9, 2, 7)) {
      all.add(resource(number, "r" + number, new Phase.Offline()));
      ClusterState more = state(all.toArray(ClusterResource[]::new));
      behind.write(state, more).join();
      state = more;
    }
    all.add(resource(1, "r1", new Phase.Offline()));
    new ClusterRecords(log, "node-1")
        .write(state, state(all.toArray(ClusterResource[]::new)))
        .join();

    assertThat(new ClusterRecords(log, "node-1").read(NOW).resources().keySet())
        .containsExactly(id(9), id(2), id(7), id(1));
  }

  /** Shows what it showed at first, as a log does whose disk is slow. */
  private static final class LateQuorumLog implements QuorumLog {
    private final QuorumLog log;
    private final Snapshot first;

    LateQuorumLog(QuorumLog log) {
      this.log = log;
      this.first = log.snapshot();
    }

    @Override
    public CompletableFuture<Revision> submit(Batch batch) {
      return log.submit(batch);
    }

    @Override
    public Revision commit(Batch batch) throws CommitException {
      return log.commit(batch);
    }

    @Override
    public Snapshot snapshot() {
      return first;
    }

    @Override
    public CompletableFuture<Snapshot> barrier() {
      return log.barrier();
    }

    @Override
    public Watch watch(Revision after, Executor executor, Watcher watcher) {
      return log.watch(after, executor, watcher);
    }

    @Override
    public Optional<String> readOnlyReason() {
      return log.readOnlyReason();
    }

    @Override
    public void close() {}
  }

  @Test
  void whatIsDeletedIsGone() {
    ClusterState all =
        state(resource(1, "db", new Phase.Offline()), resource(2, "app", new Phase.Offline()));
    write(ClusterState.empty(), all);
    records.write(new SlotKey(id(1), "main"), slot(Optional.empty(), Optional.empty())).join();

    ClusterState one = state(resource(2, "app", new Phase.Offline()));
    write(all, one);
    assertThat(records.read(NOW)).isEqualTo(one);
    assertThat(records.readAll()).isEmpty();

    write(one, ClusterState.empty());
    assertThat(records.read(NOW)).isEqualTo(ClusterState.empty());
  }

  @Test
  void whatDidNotChangeWritesNothing() {
    ClusterResource online = resource(1, "db", new Phase.Online(NOW));
    ClusterState state = state(online);
    write(ClusterState.empty(), state);
    long revision = records.revision();

    write(state, state);
    write(state, state(at(online, new Phase.Finding(new Phase.Online(RETRY), 1, RETRY))));

    assertThat(records.revision()).isEqualTo(revision);
  }

  @Test
  void whatIsInEffectOfAnEarlierSetting_comesBack_untilItIsNoMore() {
    Map<String, List<String>> had =
        Map.of("Text", List.of("a"), "List", List.of("x", ""), "Path", List.of("/a"));
    ClusterResource online = resource(1, "db", new Phase.Online(NOW));
    ClusterResource set =
        with(online, online.config().with(CommonProperties.DEFAULT, Map.of("Text", List.of("b"))))
            .edit()
            .goingOnWith(had)
            .done();
    write(ClusterState.empty(), state(online));
    write(state(online), state(set));

    ClusterResource read = records.read(NOW).resources().get(id(1));
    assertThat(read).isNotNull();
    assertThat(read.properties()).isEqualTo(had);
    assertThat(read.notInEffect()).containsExactly("List", "Path", "Text");

    ClusterResource changed = set.edit().goingOnWith(set.config().properties()).done();
    write(state(set), state(changed));
    assertThat(records.read(NOW)).isEqualTo(state(changed));
    assertThat(changed.inEffect()).isEmpty();
  }

  @Test
  void aPropertyThatWasResetIsNotReadAgain() {
    ClusterResource first = resource(1, "db", new Phase.Offline());
    ClusterResource with =
        with(first, first.config().with(CommonProperties.DEFAULT, Map.of("Text", List.of("a"))));
    write(ClusterState.empty(), state(with));

    ClusterResource without = with(with, with.config().with(CommonProperties.DEFAULT, Map.of()));
    write(state(with), state(without));

    assertThat(onlyResource().config().properties()).isEmpty();
  }

  @Test
  void aVersionThatATypeHasNoMoreIsNotReadAgain() {
    ClusterState before = ClusterState.remembered(List.of(), List.of(TYPE), List.of());
    write(ClusterState.empty(), before);
    var less = new TypeRegistration("Every Kind", List.of(version("1.11")), "1.11");

    ClusterState after = ClusterState.remembered(List.of(), List.of(less), List.of());
    write(before, after);

    assertThat(records.read(NOW)).isEqualTo(after);
  }

  @Test
  void slotsComeBackInEachStageOfTheirLife() {
    write(ClusterState.empty(), state(resource(1, "db", new Phase.Offline())));
    var key = new SlotKey(id(1), "main");
    var process = new ProcessIdentity(4711, 123_456_789_012L, "boot-1");
    List<SlotRecord> life =
        List.of(
            slot(Optional.empty(), Optional.empty()),
            slot(Optional.of(process), Optional.empty()),
            slot(Optional.of(process), Optional.of(new Exit.Code(255))),
            slot(Optional.of(process), Optional.of(new Exit.Signal(15))),
            slot(Optional.of(process), Optional.of(new Exit.Unknown())),
            slot(Optional.empty(), Optional.empty()));

    for (SlotRecord stage : life) {
      records.write(key, stage).join();
      assertThat(records.readAll()).isEqualTo(Map.of(key, stage));
    }
  }

  @Test
  void aSlotSaysWhichNodeStartedIt() {
    var key = new SlotKey(id(1), "main");
    write(ClusterState.empty(), state(resource(1, "db", new Phase.Offline())));
    records.write(key, slot(Optional.empty(), Optional.empty())).join();

    assertThat(records.ofOtherNodes()).isEmpty();
    assertThat(new ClusterRecords(log, "node-2").ofOtherNodes()).isEqualTo(Map.of(key, "node-1"));
  }

  @Test
  void whatWasOnlineOnAnotherNode_isOfflineHere_andNoFailure() throws Exception {
    assertThat(records.takeGroups(NOW, "/home")).isEmpty();
    write(ClusterState.empty(), state(resource(1, "db", new Phase.Online(NOW))));
    assertThat(records.takeGroups(NOW, "/home")).as("taken by the same node again").isEmpty();
    assertThat(records.read(NOW).resources().values())
        .allMatch(resource -> resource.phase() instanceof Phase.Closed(Phase.Online _, _));

    var other = new ClusterRecords(log, "node-2");
    assertThat(other.takeGroups(NOW, "/home")).contains("node-1");

    assertThat(other.read(NOW).resources().values())
        .allMatch(resource -> resource.phase() instanceof Phase.Closed(Phase.Offline _, _))
        .as("what lives elsewhere is nobody's to end")
        .noneMatch(ClusterResource::takenOver);
    assertThat(other.takeGroups(NOW, "/home")).isEmpty();
    assertThat(other.nodes()).isEmpty();
    assertThat(other.lastHome()).contains("/home");
    assertThat(records.lastHome()).as("of a node that does not have them").isEmpty();
  }

  @Test
  void whatAnotherNodeHadOnANode_isEndedFirst_shouldItRunHere() throws Exception {
    records.takeGroups(NOW, "/home");
    ClusterResource online = resource(1, "db", new Phase.Online(NOW));
    write(
        ClusterState.empty(), ClusterState.remembered(List.of(GROUP), List.of(), List.of(online)));

    var other = new ClusterRecords(log, "node-2");
    other.takeGroups(NOW, "/home/2");

    assertThat(other.read(NOW).resources().values()).allMatch(ClusterResource::takenOver);
    records.takeGroups(NOW, "/home");
    assertThat(records.read(NOW).resources().values())
        .as("node-1 knows no more than node-2 did")
        .allMatch(ClusterResource::takenOver);
  }

  @Test
  void aSlotOfAResourceThatIsNotThereIsRefused() {
    var key = new SlotKey(id(1), "main");

    assertThatThrownBy(() -> records.write(key, slot(Optional.empty(), Optional.empty())).join())
        .hasMessageContaining(id(1).toString());
    assertThat(records.readAll()).isEmpty();
  }

  @Test
  void whatIsElsewhereComesBack_overTheDeathsOfNodes_andIsRemovedAsAWhole() throws Exception {
    write(ClusterState.empty(), state(resource(1, "db", new Phase.Online(NOW))));
    var volume = new ExternalRecord("lease-volume", "Data 1/ä", "nonce-1", 8, 10, "node-1");
    records.write(new SlotKey(id(1), "volume"), volume).join();

    assertThat(records.readExternals()).isEqualTo(Map.of(new SlotKey(id(1), "volume"), volume));
    assertThat(records.readAll()).as("it is no slot of a process").isEmpty();
    var second = new ClusterRecords(log, "node-2");
    second.takeGroups(NOW, "/home/2");
    assertThat(second.readExternals()).containsValue(volume);
    var taken = new ExternalRecord("lease-volume", "Data 1/ä", "nonce-1", 8, 12, "node-2");
    second.write(new SlotKey(id(1), "volume"), taken).join();
    assertThat(second.readExternals()).isEqualTo(Map.of(new SlotKey(id(1), "volume"), taken));

    second.removeExternals(id(1)).join();
    second.removeExternals(id(1)).join();
    assertThat(second.readExternals()).isEmpty();
    assertThat(second.read(NOW).resources()).hasSize(1);
  }

  @Test
  void whatIsElsewhereOfAResourceThatIsNotThere_isRefused() {
    var volume = new ExternalRecord("lease-volume", "data-1", "n", 8, 8, "node-1");

    assertThat(records.write(new SlotKey(id(1), "volume"), volume)).isCompletedExceptionally();
    assertThat(records.readExternals()).isEmpty();
  }

  @Test
  void aNodeIsKnown_onceItHasStartedAMonitor() throws Exception {
    assertThat(records.isNode("node-1")).isFalse();

    records.monitorStarted(MonitorName.SHARED, new ProcessIdentity(1, 2, "boot")).get();

    assertThat(records.isNode("NODE-1")).isTrue();
    assertThat(records.isNode("node-2")).isFalse();
  }

  @Test
  void aRecoveryTokenIsKeptOverChangesOfState() {
    ClusterState offline = state(resource(1, "db", new Phase.Offline()));
    write(ClusterState.empty(), offline);
    assertThat(records.token(id(1))).isEmpty();

    records.remember(id(1), new byte[] {0, 1, -1}).join();
    write(offline, state(resource(1, "db", new Phase.Online(NOW))));

    assertThat(records.token(id(1)))
        .hasValueSatisfying(b -> assertThat(b).containsExactly(0, 1, -1));
  }

  @Test
  void theNewestProcessOfEachMonitorIsKnown() {
    var first = new ProcessIdentity(10, 1, "boot-1");
    var second = new ProcessIdentity(11, 2, "boot-1");

    records.monitorStarted(MonitorName.SHARED, first).join();
    records.monitorStarted(MonitorName.SHARED, second).join();

    var expected = new ClusterRecords.StartedMonitor("node-1", MonitorName.SHARED, second);
    assertThat(records.monitorProcesses()).containsExactly(expected);
    assertThat(new ClusterRecords(log, "node-2").monitorProcesses()).containsExactly(expected);
  }

  // ---- what is written ---------------------------------------------------------------------

  private void write(ClusterState before, ClusterState after) {
    var _ = records.write(before, after).join();
  }

  private Phase writtenAndRead(Phase phase) {
    ClusterState state = state(at(resource(1, "db", new Phase.Offline()), phase));
    var fresh = new ClusterRecords(new InMemoryQuorumLog(), "node-1");
    var _ = fresh.write(ClusterState.empty(), state).join();
    return Objects.requireNonNull(fresh.read(NOW).resources().get(id(1))).phase();
  }

  private ClusterResource onlyResource() {
    return records.read(NOW).resources().values().iterator().next();
  }

  private static ClusterState state(ClusterResource... resources) {
    return ClusterState.remembered(List.of(GROUP), List.of(TYPE), List.of(resources));
  }

  private static ClusterResource resource(int number, String name, Phase.Memory memory) {
    String why =
        switch (memory) {
          case Phase.Failed failed -> failed.why();
          case Phase.GoingOffline going -> why(going.after());
          case Phase.Terminating terminating -> why(terminating.after());
          case Phase.Offline _, Phase.Online _, Phase.GoingOnline _ -> "";
        };
    var config =
        new ResourceConfig(
            id(number),
            name,
            "Every Kind",
            GROUP.id(),
            Set.of(),
            true,
            CommonProperties.DEFAULT,
            Map.of());
    return ClusterResource.created(config, Lives.ELSEWHERE, DESCRIPTION.timings(), NOW)
        .edit()
        .remembered(7, memory, why, SINCE, Optional.of(NOW))
        .counted(FailureWindow.EMPTY, 1, 2, Optional.of(new Exit.Code(7)))
        .takenOver(true)
        .done();
  }

  private static String why(Phase.After after) {
    return after instanceof Phase.After.BecomeFailed failed ? failed.why() : "";
  }

  private static ClusterResource at(ClusterResource r, Phase phase) {
    return copy(r, r.config(), phase);
  }

  private static ClusterResource with(ClusterResource r, ResourceConfig config) {
    return copy(r, config, r.phase());
  }

  private static ClusterResource copy(ClusterResource r, ResourceConfig config, Phase phase) {
    return new ClusterResource(
        config,
        r.lives(),
        r.timings(),
        phase,
        r.epoch(),
        HealthState.UNKNOWN,
        r.detail(),
        r.since(),
        r.failures(),
        r.restarts(),
        r.adoptions(),
        r.lastExit(),
        r.unsupervisedSince(),
        r.openIn(),
        r.bounce(),
        r.takenOver(),
        Optional.empty(),
        false);
  }

  private static SlotRecord slot(Optional<ProcessIdentity> process, Optional<Exit> exit) {
    return new SlotRecord(
        new SlotToken("token-0001"),
        new BootTicks(99, "boot-1"),
        "USR1",
        process,
        exit,
        exit.map(
            _ -> new SlotRecord.Intent(new SlotToken("token-0002"), new BootTicks(100, "boot-1"))));
  }

  private static TypeRegistration.Version version(String number) {
    return new TypeRegistration.Version(
        "every-kind", number, "sha256:00", "org.example.EveryKind", DESCRIPTION);
  }

  private static ResourceId id(int number) {
    return new ResourceId(new UUID(0, number));
  }
}
