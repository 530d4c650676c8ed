package dev.holdfast.service.checkpoint;

import static dev.holdfast.service.GivenCluster.config;
import static dev.holdfast.service.GivenCluster.failed;
import static dev.holdfast.service.GivenCluster.goingOnline;
import static dev.holdfast.service.GivenCluster.id;
import static dev.holdfast.service.GivenCluster.online;
import static dev.holdfast.service.GivenCluster.resource;
import static dev.holdfast.service.GivenCluster.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.checkpoint.CheckpointStore;
import dev.holdfast.checkpoint.Checkpoints;
import dev.holdfast.checkpoint.Patch;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.Phase;
import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.quorum.Holder;
import dev.holdfast.registry.Batch;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.chronicle.CheckpointChronicle;
import dev.holdfast.service.event.EventId;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.event.EventLogLimits;
import dev.holdfast.service.event.EventQuery;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.process.LinuxProcesses;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.ProcessLimits;
import dev.holdfast.service.process.Processes;
import dev.holdfast.service.process.StopOutcome;
import dev.holdfast.service.record.ClusterRecords;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.slot.SlotListener;
import dev.holdfast.service.slot.SlotView;
import dev.holdfast.service.slot.Slots;
import dev.holdfast.spi.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes and a real quorum; the resource, without checkpoints, is the test's own. */
@Timeout(120)
class PatchDeskTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final SlotKey SLOT = new SlotKey(id(2), SlotKey.PATCH);
  private static final ClusterResource DISK = resource(config(1, "disk"), online());
  private static final ClusterResource STORE =
      resource(config(2, "store", id(1)), new Phase.Offline());

  @TempDir private Path folder;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private volatile ClusterState state = state(DISK, STORE);
  private ExecutorService executor;
  private Home home;
  private DirectoryQuorumLog log;
  private EventLog events;
  private Checkpoints checkpoints;
  private Processes processes;
  private Slots slots;
  private PatchDesk desk;
  private volatile BiConsumer<SlotKey, Exit> ends = (_, _) -> {};

  @BeforeEach
  void open() throws Exception {
    home = Home.open(folder.resolve("home"));
    executor = Executors.newVirtualThreadPerTaskExecutor();
    log =
        DirectoryQuorumLog.tryOpen(
            folder.resolve("quorum"),
            Holder.thisProcess("alpha", Instant.EPOCH),
            InstantSource.system());
    log.commit(Batch.builder().createKey("Resources\\" + STORE.id()).build());
    events = EventLog.open(home.events(), "alpha", InstantSource.system(), EventLogLimits.DEFAULT);
    checkpoints =
        new Checkpoints(
            CheckpointStore.open(log, log.blobs(UnaryOperator.identity())),
            _ -> {
              throw new AssertionError("it has no checkpoints");
            },
            new CheckpointChronicle(events, UnaryOperator.identity()),
            "alpha",
            InstantSource.system(),
            home.run());
    processes = LinuxProcesses.open(ProcessLimits.DEFAULT, (_, _) -> {});
    slots =
        new Slots(
            home,
            processes,
            new ClusterRecords(log, "alpha"),
            new Ends(),
            UUID::randomUUID,
            executor);
    desk =
        new PatchDesk(
            checkpoints,
            slots,
            look -> CompletableFuture.runAsync(() -> look.accept(state), Runnable::run),
            Map.of("PATH", "/usr/bin:/bin"),
            home.root().toString(),
            executor);
    ends = desk::toolEnded;
  }

  @AfterEach
  void close() throws Exception {
    slots.killAll().get(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
    leave();
  }

  /** The service ends, and nothing is told any more; processes go on. */
  private void leave() throws IOException {
    ends = (_, _) -> {};
    slots.close();
    processes.close();
    executor.shutdownNow();
    checkpoints.close();
    events.close();
    log.close();
  }

  private Optional<Patch> patch() {
    return checkpoints.patchOf(STORE.id().toString());
  }

  private String run(String script) {
    return desk.run(STORE, List.of("sh", "-c", script), told::add);
  }

  private ApiException.Failed fails(String script) {
    return assertThatExceptionOfType(ApiException.Failed.class)
        .isThrownBy(() -> run(script))
        .actual();
  }

  private void awaitLive() {
    await().atMost(PATIENCE).until(() -> slots.find(SLOT).filter(SlotView::alive).isPresent());
  }

  /** They are written by a thread of their own. */
  private void awaitEvents(EventId... wanted) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(patchEvents()).containsExactly(wanted));
  }

  private List<EventId> patchEvents() {
    return events.query(EventQuery.newest(100)).stream()
        .map(event -> EventId.find(event.id()).orElseThrow())
        .filter(id -> id.name().startsWith("PATCH_"))
        .toList();
  }

  // ---- a tool ----------------------------------------------------------------------------------

  @Test
  void aToolThatSucceedsRunsInTheResourcesDirectory_isHeard_andIsCommitted() {
    assertThat(run("pwd; echo $HOLDFAST_HOME; printf 'no line end'"))
        .startsWith("patch committed")
        .endsWith("holdfast resource online store");

    assertThat(told.getFirst()).isEqualTo("patch begun");
    assertThat(told.get(1)).startsWith("pid ");
    assertThat(told.subList(2, 5))
        .containsExactly(
            home.resource(STORE.id().toString()).toString(), home.root().toString(), "no line end");
    assertThat(patch()).isEmpty();
    awaitEvents(EventId.PATCH_BEGUN, EventId.PATCH_COMMITTED);
  }

  @Test
  void aToolThatFailsLeavesItIncomplete_untilOneSucceeds() {
    assertThat(fails("exit 3").getMessage()).contains("exit 3").contains("--commit or --abort");
    assertThat(patch().orElseThrow().toString()).isEqualTo("patch incomplete: exit 3");
    assertThat(patch().orElseThrow().command()).isEqualTo("sh -c 'exit 3'");
    assertThat(fails("kill -9 $$").getMessage()).contains("signal 9");
    assertThat(run("exit 0")).startsWith("patch committed");
    awaitEvents(
        EventId.PATCH_BEGUN,
        EventId.PATCH_INCOMPLETE,
        EventId.PATCH_INCOMPLETE,
        EventId.PATCH_COMMITTED);
  }

  @Test
  void aToolThatIsNotThereLeavesThePatchOpen() {
    assertThatExceptionOfType(ApiException.Failed.class)
        .isThrownBy(() -> desk.run(STORE, List.of("no-such-tool"), told::add))
        .withMessageContaining("no-such-tool")
        .withMessageContaining("stays Open");
    assertThat(patch().orElseThrow().state()).isEqualTo(Patch.State.OPEN);
    assertThat(run("true")).startsWith("patch committed");
  }

  @Test
  void whatAToolLeavesBehindIsEndedBeforeItIsCommitted() throws Exception {
    Path pid = folder.resolve("pid");
    run("sleep 600 > /dev/null 2>&1 & echo $! > " + pid);
    long left = Long.parseLong(Files.readString(pid).strip());
    awaitGone(left);
  }

  @Test
  void noPluginSeesTheTool_andNothingElseIsDoneWhileItRuns() throws Exception {
    Path go = folder.resolve("go");
    var running =
        executor.submit(() -> run("while [ ! -e %s ]; do sleep 0.05; done".formatted(go)));
    awaitLive();
    await()
        .atMost(PATIENCE)
        .until(() -> patch().filter(p -> p.state() == Patch.State.RUNNING).isPresent());

    assertThat(slots.of(STORE.id())).isEmpty();
    assertThat(slots.stopAll(STORE.id(), Duration.ofSeconds(1)).get()).isNull();
    assertThat(desk.tools(state)).startsWith("store (pid ");
    conflict(() -> desk.requireRun(state, STORE), "patch running since ");
    conflict(() -> desk.requireCommit(state, STORE), "patch running since ");
    conflict(() -> desk.requireNone(STORE), "holdfast resource logs store -f");
    conflict(() -> desk.requireNoTool(STORE, "cannot be deleted"), "cannot be deleted");

    Files.createFile(go);
    assertThat(running.get()).startsWith("patch committed");
  }

  // ---- a tool that hangs -----------------------------------------------------------------------

  /** One that calls its end a success. */
  private CompletableFuture<ApiException> hangs(Path child) {
    return CompletableFuture.supplyAsync(
        () ->
            assertThatExceptionOfType(ApiException.class)
                .isThrownBy(
                    () ->
                        run(
                            "trap 'exit 0' TERM; setsid sleep 1000 & echo $! >%s; wait"
                                .formatted(child)))
                .actual(),
        executor);
  }

  private static void awaitGone(long pid) {
    await().atMost(PATIENCE).until(() -> !Files.exists(Path.of("/proc", Long.toString(pid))));
  }

  private static long pidIn(Path file) throws IOException {
    await().atMost(PATIENCE).until(() -> Files.exists(file) && Files.size(file) > 1);
    return Long.parseLong(Files.readString(file).strip());
  }

  @Test
  void aToolThatHangsIsEndedByAnAbort_withAllItStarted_andCommitsNothing() throws Exception {
    Path file = folder.resolve("child");
    CompletableFuture<ApiException> waits = hangs(file);
    long child = pidIn(file);
    long pid = slots.find(SLOT).orElseThrow().pid().orElseThrow();

    assertThat(desk.abort(STORE, told::add)).startsWith("patch aborted");

    awaitGone(pid);
    awaitGone(child);
    assertThat(told)
        .contains(
            "ending the tool (pid %d) and all that it started".formatted(pid),
            "the tool (pid %d) and all that it started have ended".formatted(pid));
    assertThat(waits.get().getMessage()).contains("ended by an abort");
    assertThat(patch()).isEmpty();
    awaitEvents(EventId.PATCH_BEGUN, EventId.PATCH_ABORTED);
    assertThat(run("exit 0")).startsWith("patch committed");
  }

  @Test
  void aToolThatAnEarlierServiceStartedIsEndedByAnAbort_too() throws Exception {
    Path file = folder.resolve("child");
    var _ = hangs(file);
    long child = pidIn(file);
    leave();
    open();
    slots.takeOver(_ -> Set.of()).join();
    desk.resume();

    assertThat(desk.abort(STORE, told::add)).startsWith("patch aborted");

    awaitGone(child);
    assertThat(patch()).isEmpty();
  }

  @Test
  void anAbortThatADeathCutShortBeforeTheSignal_endsTheToolInTheNextService() throws Exception {
    Path file = folder.resolve("child");
    var _ = hangs(file);
    long child = pidIn(file);
    checkpoints.stopPatch(STORE.id().toString(), "ended by an abort");
    leave();
    open();
    slots.takeOver(_ -> Set.of()).join();

    desk.resume();

    awaitGone(child);
    assertThat(patch().orElseThrow().toString()).isEqualTo("patch incomplete: ended by an abort");
    assertThat(desk.abort(STORE, told::add)).startsWith("patch aborted");
  }

  // ---- the death of the service ----------------------------------------------------------------

  @Test
  void aToolIsTakenOverByTheNextService() throws Exception {
    Path go = folder.resolve("go");
    var _ = executor.submit(() -> run("while [ ! -e %s ]; do sleep 0.05; done".formatted(go)));
    awaitLive();
    int pid = slots.find(SLOT).orElseThrow().pid().orElseThrow();
    leave();
    open();
    slots.takeOver(_ -> Set.of()).join();
    desk.resume();
    assertThat(slots.find(SLOT).orElseThrow().pid()).hasValue(pid);
    assertThat(patch().orElseThrow().state()).isEqualTo(Patch.State.RUNNING);
    Files.createFile(go);
    await()
        .atMost(PATIENCE)
        .until(() -> patch().filter(p -> p.state() == Patch.State.RUNNING).isEmpty());
  }

  @Test
  void anEndThatWasSeenButNotWrittenDownIsDealtWithByTheNextService() throws Exception {
    ends = (_, _) -> {};
    var _ = executor.submit(() -> run("exit 0"));
    await()
        .atMost(PATIENCE)
        .until(() -> slots.find(SLOT).filter(s -> s.exit().isPresent()).isPresent());
    assertThat(patch().orElseThrow().state()).isEqualTo(Patch.State.RUNNING);
    leave();
    open();
    slots.takeOver(_ -> Set.of()).join();
    desk.resume();
    assertThat(patch()).isEmpty();
    awaitEvents(EventId.PATCH_BEGUN, EventId.PATCH_COMMITTED);
  }

  @Test
  void theEndOfAnEarlierToolIsNotTakenForThatOfOneThatWasNeverStarted() throws Exception {
    run("exit 0");
    String earlier = slots.find(SLOT).orElseThrow().nonce();
    var _ = desk.begin(STORE);
    var _ = checkpoints.runPatch(STORE.id().toString(), "isinteg", earlier);
    leave();
    open();
    slots.takeOver(_ -> Set.of()).join();
    desk.resume();
    assertThat(patch().orElseThrow().toString()).startsWith("patch incomplete: no start");
  }

  // ---- what is refused -------------------------------------------------------------------------

  private static void conflict(Runnable asked, String says) {
    assertThatExceptionOfType(ApiException.Conflict.class)
        .isThrownBy(asked::run)
        .withMessageContaining(says);
  }

  @Test
  void onlyWhatIsOffline_andHasWhatItDependsOn_isPatched() {
    ClusterResource pending = resource(config(2, "store", id(1)), goingOnline());
    ClusterResource runs = resource(config(2, "store", id(1)), online());
    ClusterResource broken = resource(config(2, "store", id(1)), failed("it ended"));
    ClusterResource absent = resource(config(1, "disk"), new Phase.Offline());

    conflict(() -> desk.requireBegin(state(DISK, pending), pending), "OnlinePending");
    conflict(() -> desk.requireBegin(state(DISK, runs), runs), "holdfast resource offline store");
    conflict(() -> desk.requireRun(state(absent, STORE), STORE), "holdfast resource online disk");
    assertThatCode(() -> desk.requireBegin(state(DISK, broken), broken)).doesNotThrowAnyException();
    conflict(() -> desk.requireCommit(state, STORE), "not being patched");
  }

  @Test
  void whoIsDecidedToGoOnlineMeanwhileIsNotPatched() {
    ClusterResource pending = resource(config(2, "store", id(1)), goingOnline());
    state = state(DISK, pending);
    conflict(() -> desk.begin(STORE), "OnlinePending");
    assertThat(patch()).isEmpty();
  }

  @Test
  void byHandItIsBegunAndEnded() {
    assertThat(desk.begin(STORE)).contains("--commit or --abort");
    conflict(() -> desk.requireBegin(state, STORE), "patch open since ");
    conflict(() -> desk.requireNone(STORE), "cannot be brought online");
    assertThat(desk.abort(STORE, told::add)).contains("NOT rolled back");
    assertThatCode(() -> desk.requireNone(STORE)).doesNotThrowAnyException();
    var _ = desk.begin(STORE);
    assertThat(desk.commit(STORE)).startsWith("patch committed");
    conflict(() -> desk.commit(STORE), "not committed");
  }

  /** Tells the desk what the service tells it. */
  private final class Ends implements SlotListener {
    @Override
    public void started(SlotKey key, ProcessIdentity process) {}

    @Override
    public void adopted(SlotKey key, ProcessIdentity process) {}

    @Override
    public void ended(SlotKey key, SlotView slot, Exit exit) {
      ends.accept(key, exit);
    }

    @Override
    public void killed(SlotKey key, ProcessIdentity process, StopOutcome outcome) {}
  }
}
