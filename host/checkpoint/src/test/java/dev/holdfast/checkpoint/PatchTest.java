package dev.holdfast.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.registry.Batch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Q288562: what is repaired while a resource is offline stays repaired. */
@Timeout(60)
class PatchTest {
  private static final String STORE = "8c5f0d5e-0000-4000-8000-000000000001";

  @TempDir private Path directory;
  private final FakeSource parameters = new FakeSource("guid 1");
  private final FakeSource restoring = new FakeSource("no restore");
  private final Told told = new Told();
  private DirectoryQuorumLog log;
  private Checkpoints checkpoints;

  /** A resource with two checkpoints that was online once, and is offline. */
  @BeforeEach
  void given() throws Exception {
    open("alpha");
    log.commit(Batch.builder().createKey("Resources\\" + STORE).build());
    add("registry:Software\\Parameters", 10, DriftPolicy.RESTORE);
    add("registry:Software\\Restoring", 10, DriftPolicy.RESTORE);
    online();
    offline();
    told.lines.clear();
    parameters.restored.clear();
    restoring.restored.clear();
  }

  private void open(String node) throws IOException {
    log =
        DirectoryQuorumLog.tryOpen(
            directory.resolve("quorum"),
            dev.holdfast.quorum.Holder.thisProcess(node, Instant.EPOCH),
            InstantSource.system());
    checkpoints =
        new Checkpoints(
            CheckpointStore.open(log, log.blobs(UnaryOperator.identity())),
            subject -> subject.path().endsWith("Parameters") ? parameters : restoring,
            told,
            node,
            InstantSource.system(),
            Files.createDirectories(directory.resolve("temporary")));
  }

  @AfterEach
  void close() {
    checkpoints.close();
    log.close();
  }

  private void reopen(String node) throws IOException {
    close();
    open(node);
  }

  private void add(String of, int keep, DriftPolicy drift) throws Exception {
    var settings =
        new CheckpointSettings(
            RestorePolicy.CONTINUE,
            drift,
            keep,
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            Duration.ZERO);
    var _ = checkpoints.add(STORE, Subject.parse(of, List.of()), settings, false);
  }

  private Restoration online() {
    return checkpoints.beforeOnline(STORE).join();
  }

  private void offline() {
    checkpoints.gone(STORE).join();
  }

  private String refusal() {
    Restoration.Refusal refusal = online().refusal().orElseThrow();
    assertThat(refusal.again()).isFalse();
    return refusal.why();
  }

  /** All generations of a checkpoint, the current one in brackets. */
  private List<String> generations(int number) {
    Checkpoint checkpoint = checkpoints.store().find(new CheckpointId(STORE, number)).orElseThrow();
    return checkpoint.generations().stream()
        .map(
            each -> {
              String text = each.cause() + " " + each.fingerprint().substring("text:".length());
              return each.number() == checkpoint.current() ? "[" + text + "]" : text;
            })
        .toList();
  }

  private Patch patch() {
    return checkpoints.patchOf(STORE).orElseThrow();
  }

  // ---- the article -----------------------------------------------------------------------------

  @Test
  void whatAnEditAndAToolChangedIsWhatTheNextOnlineSees() throws Exception {
    restoring.write("restore in progress");
    checkpoints.beginPatch(STORE);
    var _ = checkpoints.runPatch(STORE, "isinteg -patch", "");
    parameters.write("guid 2");
    assertThat(checkpoints.patchRan(STORE, true, "exit 0")).isEmpty();

    assertThat(checkpoints.patchOf(STORE)).isEmpty();
    assertThat(online().refusal()).isEmpty();
    assertThat(parameters.content()).contains("guid 2");
    assertThat(restoring.content()).contains("restore in progress");
    assertThat(generations(1)).containsExactly("Added guid 1", "[Patched guid 2]");
    assertThat(generations(2))
        .containsExactly(
            "Added no restore", "Drift restore in progress", "[Patched restore in progress]");
    assertThat(told.lines)
        .containsSubsequence("saved 2 Drift", "patch begun, kept [2]", "patch committed [1, 2]");
  }

  @Test
  void liveEditsAreNoDriftOnceItIsCommitted() throws Exception {
    checkpoints.beginPatch(STORE);
    parameters.write("guid 2");
    var _ = checkpoints.commitPatch(STORE);
    online();
    assertThat(told.lines).noneMatch(line -> line.startsWith("drifted"));
  }

  @Test
  void whatWasSavedIsRestoredForTheTool_alsoWhereItNeverRan() throws Exception {
    parameters.write("of another node");
    reopen("beta");
    checkpoints.beginPatch(STORE);
    assertThat(parameters.content()).contains("guid 1");
  }

  @Test
  void whatWasDeletedIsRestoredForTheTool() throws Exception {
    parameters.write(null);
    checkpoints.beginPatch(STORE);
    assertThat(parameters.content()).contains("guid 1");
  }

  @Test
  void whatIsAdoptedCounts_alsoWhenThePatchIsAborted() throws Exception {
    add("registry:Software\\Adopted", 10, DriftPolicy.ADOPT);
    online();
    offline();
    restoring.write("edited");
    checkpoints.beginPatch(STORE);
    assertThat(generations(3)).containsExactly("Added no restore", "[Drift edited]");
    assertThat(patch().before()).containsEntry(3, 2L);
  }

  @Test
  void aGenerationThatAnOperatorChoseGoesBeforeAnEdit() throws Exception {
    online();
    parameters.write("guid 2");
    offline();
    var _ = checkpoints.rollback(new CheckpointId(STORE, 1), 1);
    parameters.write("edited");
    checkpoints.beginPatch(STORE);
    assertThat(parameters.content()).contains("guid 1");
    assertThat(generations(1)).contains("Drift edited", "[RolledBack guid 1]");
  }

  // ---- while it is open ------------------------------------------------------------------------

  @Test
  void onlineIsRefused_alsoByTheNextService_andNothingIsTouched() throws Exception {
    checkpoints.beginPatch(STORE);
    parameters.write("guid 2");
    assertThat(refusal()).startsWith("patch open, since ").contains("--commit or --abort");
    reopen("alpha");
    assertThat(refusal()).startsWith("patch open");
    assertThat(parameters.content()).contains("guid 2");
  }

  @Test
  void nothingIsSavedOrRolledBack_beforeItIsDecidedWhatCounts() throws Exception {
    var id = new CheckpointId(STORE, 1);
    checkpoints.beginPatch(STORE);
    parameters.write("guid 2");
    assertThatExceptionOfType(PatchRefusedException.class)
        .isThrownBy(() -> checkpoints.save(id, Cause.MANUAL))
        .withMessageContaining("patch open");
    assertThatExceptionOfType(PatchRefusedException.class)
        .isThrownBy(() -> checkpoints.rollback(id, 1));
    assertThat(generations(1)).doesNotContain("Manual guid 2");
    checkpoints.commitPatch(STORE);
    var _ = checkpoints.rollback(id, 1);
  }

  @Test
  void aToolThatIsToBeEnded_commitsNothing_whateverItExitsWith() throws Exception {
    checkpoints.beginPatch(STORE);
    checkpoints.runPatch(STORE, "isinteg", "");
    parameters.write("half");
    checkpoints.stopPatch(STORE, "ended by an abort");
    assertThat(checkpoints.patchRan(STORE, true, "exit 0")).isPresent();
    assertThat(patch().toString()).isEqualTo("patch incomplete: ended by an abort");
    checkpoints.abortPatch(STORE);
    assertThat(parameters.content()).contains("guid 1");
  }

  @Test
  void aResourceWithoutCheckpointsIsPatched_too() throws Exception {
    String other = "8c5f0d5e-0000-4000-8000-000000000002";
    log.commit(Batch.builder().createKey("Resources\\" + other).build());
    checkpoints.beginPatch(other);
    assertThat(checkpoints.beforeOnline(other).join().refusal()).isPresent();
    reopen("alpha");
    assertThat(checkpoints.store().patches()).containsOnlyKeys(other);
    assertThat(checkpoints.beforeOnline(other).join().refusal()).isPresent();
    assertThat(checkpoints.commitPatch(other)).isEmpty();
    assertThat(checkpoints.beforeOnline(other).join()).isEqualTo(Restoration.NOTHING);
  }

  @Test
  void thereIsOneAtATime_andItIsEndedWhereItWasBegun() throws Exception {
    checkpoints.beginPatch(STORE);
    assertThatExceptionOfType(PatchRefusedException.class)
        .isThrownBy(() -> checkpoints.beginPatch(STORE))
        .withMessageContaining("patch open");
    reopen("beta");
    assertThatExceptionOfType(PatchRefusedException.class)
        .isThrownBy(() -> checkpoints.commitPatch(STORE))
        .withMessageContaining("on node alpha");
  }

  @Test
  void whatIsNotBegunIsNotEnded() {
    assertThatExceptionOfType(PatchRefusedException.class)
        .isThrownBy(() -> checkpoints.commitPatch(STORE));
    assertThatExceptionOfType(PatchRefusedException.class)
        .isThrownBy(() -> checkpoints.abortPatch(STORE));
    assertThatExceptionOfType(PatchRefusedException.class)
        .isThrownBy(() -> checkpoints.runPatch(STORE, "isinteg", ""));
  }

  @Test
  void whileTheToolRunsNothingElseIsDone() throws Exception {
    checkpoints.beginPatch(STORE);
    var _ = checkpoints.runPatch(STORE, "isinteg -patch", "token");
    reopen("alpha");
    assertThat(patch().state()).isEqualTo(Patch.State.RUNNING);
    assertThat(patch().after()).isEqualTo("token");
    assertThat(refusal()).startsWith("patch running: isinteg -patch");
    assertThatExceptionOfType(PatchRefusedException.class)
        .isThrownBy(() -> checkpoints.abortPatch(STORE))
        .withMessageContaining("isinteg -patch");
    assertThatExceptionOfType(PatchRefusedException.class)
        .isThrownBy(() -> checkpoints.runPatch(STORE, "another", ""));
  }

  @Test
  void whatCannotBeRestoredIsSaid_andNothingIsBegun() {
    parameters.write("of another node");
    close();
    parameters.restoringFails =
        new SourceException(Obstacle.HANDLE_HELD, "held open by winlogon (pid 7)");
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(
            () -> {
              open("beta");
              checkpoints.beginPatch(STORE);
            })
        .withMessageContaining("checkpoint 1 (registry:Software\\Parameters)")
        .withMessageContaining("winlogon");
    assertThat(checkpoints.patchOf(STORE)).isEmpty();
  }

  @Test
  void onePatchThatCameTooLateIsForgotten_andTheResourceIsWatchedAgain() throws Exception {
    online();
    checkpoints.beginPatch(STORE);
    checkpoints.forgetPatch(STORE);
    assertThat(checkpoints.patchOf(STORE)).isEmpty();
    org.awaitility.Awaitility.await().until(() -> parameters.watcherCount() == 1);
  }

  // ---- a tool that fails -----------------------------------------------------------------------

  private void failedTool() throws Exception {
    checkpoints.beginPatch(STORE);
    var _ = checkpoints.runPatch(STORE, "isinteg -patch", "");
    parameters.write("half of guid 2");
    assertThat(checkpoints.patchRan(STORE, false, "exit 3")).isPresent();
  }

  @Test
  void whatAToolThatFailedLeftAndWhatWasBeforeAreBothKept() throws Exception {
    failedTool();
    reopen("alpha");
    assertThat(patch().toString()).isEqualTo("patch incomplete: exit 3");
    assertThat(refusal()).startsWith("patch incomplete: exit 3, since ");
    assertThat(parameters.content()).contains("half of guid 2");
    assertThat(generations(1)).containsExactly("[Added guid 1]", "Drift half of guid 2");
  }

  @Test
  void aSecondRunThatSucceedsEndsIt() throws Exception {
    failedTool();
    var _ = checkpoints.runPatch(STORE, "isinteg -patch", "");
    parameters.write("guid 2");
    assertThat(checkpoints.patchRan(STORE, true, "exit 0")).isEmpty();
    assertThat(online().refusal()).isEmpty();
    assertThat(generations(1))
        .containsExactly("Added guid 1", "Drift half of guid 2", "[Patched guid 2]");
  }

  @Test
  void anAbortBringsBackWhatWasBefore_andKeepsWhatWasChanged() throws Exception {
    failedTool();
    assertThat(checkpoints.abortPatch(STORE)).hasSize(1);
    assertThat(checkpoints.patchOf(STORE)).isEmpty();
    assertThat(parameters.content()).contains("guid 1");
    assertThat(generations(1))
        .containsExactly("Added guid 1", "Drift half of guid 2", "[RolledBack guid 1]");
    assertThat(online().refusal()).isEmpty();
    assertThat(told.lines).noneMatch(line -> line.startsWith("drifted"));
  }

  @Test
  void afterAnAbortNobodyWaitsForADecisionAboutDrift() throws Exception {
    add("registry:Software\\Refused", 10, DriftPolicy.REFUSE);
    online();
    offline();
    restoring.write("edited");
    checkpoints.beginPatch(STORE);
    var _ = checkpoints.abortPatch(STORE);
    assertThat(online().refusal()).isEmpty();
    assertThat(restoring.content()).contains("no restore");
  }

  @Test
  void bothAreKept_alsoWhereOneGenerationIs() throws Exception {
    add("registry:Software\\One", 1, DriftPolicy.RESTORE);
    checkpoints.beginPatch(STORE);
    var _ = checkpoints.runPatch(STORE, "isinteg", "");
    restoring.write("half");
    assertThat(checkpoints.patchRan(STORE, false, "signal 9")).isPresent();
    assertThat(generations(3)).containsExactly("[Added no restore]", "Drift half");
  }

  @Test
  void whatCannotBeCommittedIsIncomplete_andNoneIsSaved() throws Exception {
    checkpoints.beginPatch(STORE);
    var _ = checkpoints.runPatch(STORE, "isinteg -patch", "");
    parameters.write("guid 2");
    restoring.write(null);
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(() -> checkpoints.patchRan(STORE, true, "exit 0"))
        .withMessageContaining("checkpoint 2");
    assertThat(patch().toString()).startsWith("patch incomplete: exit 0, but checkpoint 2");
    assertThat(generations(1)).containsExactly("[Added guid 1]", "Drift guid 2");
    restoring.write("there again");
    var _ = checkpoints.commitPatch(STORE);
    assertThat(generations(1)).last().isEqualTo("[Patched guid 2]");
    assertThat(generations(2)).last().isEqualTo("[Patched there again]");
  }

  @Test
  void anEndThatIsToldTwiceIsOne() throws Exception {
    failedTool();
    assertThat(checkpoints.patchRan(STORE, true, "exit 0")).contains(patch());
    assertThat(patch().toString()).isEqualTo("patch incomplete: exit 3");
  }

  @Test
  void aToolThatWasNotStartedChangesNothing() throws Exception {
    Patch before = checkpoints.beginPatch(STORE);
    var _ = checkpoints.runPatch(STORE, "nowhere", "");
    checkpoints.patchNotRun(STORE, before);
    assertThat(patch().state()).isEqualTo(Patch.State.OPEN);
  }
}
