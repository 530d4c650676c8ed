package dev.holdfast.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.RegistryValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CheckpointsTest {
  private static final String WEB = "8c5f0d5e-0000-4000-8000-000000000001";
  private static final Subject PORT = Subject.parse("registry:Software\\Web", List.of());

  @TempDir private Path directory;
  private final FakeSource source = new FakeSource("80");
  private final Told told = new Told();
  private DirectoryQuorumLog log;
  private Checkpoints checkpoints;

  @BeforeEach
  void open() throws Exception {
    open("alpha");
    log.commit(Batch.builder().createKey("Resources\\" + WEB).build());
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
            _ -> source,
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

  private static SourceException held() {
    return new SourceException(
        Obstacle.HANDLE_HELD,
        "held open by winlogon (pid 7)",
        List.of(new Holder("winlogon", 7, "K", "K", null)),
        null);
  }

  private static SourceException denied() {
    return new SourceException(Obstacle.ACCESS_DENIED, "not granted");
  }

  // ---- other settings ------------------------------------------------------------------------

  @Test
  void otherSettings_keepTheGenerations_andAreThereAfterAStart() throws Exception {
    CheckpointId id = add();
    CheckpointSettings other = settings(RestorePolicy.FAIL, DriftPolicy.ADOPT);

    Checkpoint configured = checkpoints.configure(id, other);
    reopen("alpha");

    assertThat(configured.settings()).isEqualTo(other);
    assertThat(checkpoint(id).settings()).isEqualTo(other);
    assertThat(checkpoint(id).generations()).hasSize(1);
  }

  @Test
  void otherSettings_countAtOnceForWhatIsWatched() throws Exception {
    CheckpointId id = add();
    var _ = online();

    var _ =
        checkpoints.configure(
            id,
            new CheckpointSettings(
                RestorePolicy.CONTINUE,
                DriftPolicy.RESTORE,
                1,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO));
    source.write("81");

    await().until(() -> checkpoint(id).currentGeneration().number() == 2);
    assertThat(checkpoint(id).generations()).hasSize(1);
  }

  @Test
  void whatCannotBeRead_isToldByATrialToo_andATrialKeepsNothing() throws Exception {
    checkpoints.tryRead(PORT);
    assertThat(checkpoints.store().all()).isEmpty();

    source.readingFails = denied();

    assertThatExceptionOfType(SourceException.class).isThrownBy(() -> checkpoints.tryRead(PORT));
  }

  // ---- what the tests say --------------------------------------------------------------------

  private static CheckpointSettings settings(RestorePolicy policy, DriftPolicy drift) {
    return new CheckpointSettings(
        policy, drift, 10, Duration.ofMillis(20), Duration.ofMillis(200), Duration.ZERO);
  }

  private CheckpointId add(RestorePolicy policy, DriftPolicy drift) throws Exception {
    return checkpoints.add(WEB, PORT, settings(policy, drift), false).id();
  }

  private CheckpointId add() throws Exception {
    return add(RestorePolicy.CONTINUE, DriftPolicy.RESTORE);
  }

  private Restoration online() {
    return checkpoints.beforeOnline(WEB).join();
  }

  private void offline() {
    checkpoints.gone(WEB).join();
  }

  private Checkpoint checkpoint(CheckpointId id) {
    return checkpoints.store().find(id).orElseThrow();
  }

  private String current(CheckpointId id) throws IOException {
    Generation generation = checkpoint(id).currentGeneration();
    return "%d %s %s"
        .formatted(
            generation.number(),
            generation.cause(),
            Files.readString(checkpoints.store().blobs().file(generation.digest())));
  }

  private void awaitCurrent(CheckpointId id, String wanted) {
    await().untilAsserted(() -> assertThat(current(id)).isEqualTo(wanted));
  }

  private void awaitClean(CheckpointId id) {
    await().until(() -> checkpoints.isClean(id));
  }

  private long blobCount() throws IOException {
    try (Stream<Path> blobs = Files.list(directory.resolve("quorum").resolve("blobs"))) {
      return blobs.count();
    }
  }

  // ---- the four triggers of Q174070 ------------------------------------------------------------

  @Test
  void addingSavesTheLiveContentDurably() throws Exception {
    CheckpointId id = add();
    reopen("alpha");
    assertThat(current(id)).isEqualTo("1 Added 80");
    assertThat(checkpoint(id).subject()).isEqualTo(PORT);
  }

  @Test
  void whatIsNotThereIsNotAdded() {
    source.write(null);
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(this::add)
        .satisfies(e -> assertThat(e.obstacle()).isEqualTo(Obstacle.MISSING));
    assertThat(checkpoints.store().of(WEB)).isEmpty();
  }

  @Test
  void addedWhileOnlineItIsWatchedAtOnce() throws Exception {
    CheckpointId id =
        checkpoints
            .add(WEB, PORT, settings(RestorePolicy.CONTINUE, DriftPolicy.RESTORE), true)
            .id();
    assertThat(checkpoints.watched(id).isWatched()).isTrue();
    source.write("81");
    awaitCurrent(id, "2 Changed 81");
  }

  @Test
  void whatNobodyHasChanged_isNotSaidToBeUnsaved_whileItIsLookedAtOnceMore() throws Exception {
    var never = Duration.ofHours(1);
    CheckpointId id =
        checkpoints
            .add(
                WEB,
                PORT,
                new CheckpointSettings(
                    RestorePolicy.CONTINUE, DriftPolicy.RESTORE, 10, never, never, Duration.ZERO),
                true)
            .id();

    assertThat(checkpoints.isClean(id)).isFalse();
    assertThat(checkpoints.watched(id).dirtySince()).isNull();
    source.write("81");
    assertThat(checkpoints.watched(id).dirtySince()).isNotNull();
  }

  @Test
  void whatIsChangedWhileOnlineIsSaved() throws Exception {
    CheckpointId id = add();
    assertThat(online().restored()).isEqualTo(1);
    source.write("81");
    assertThat(checkpoints.watched(id).dirtySince()).isNotNull();
    awaitCurrent(id, "2 Changed 81");
    awaitClean(id);
  }

  @Test
  void aStormOfChangesIsSavedInBetweenAndAtItsEnd() throws Exception {
    // As long a quiet time as the delay: a machine that is too busy to change makes no pause.
    var each = Duration.ofMillis(200);
    CheckpointId id =
        checkpoints
            .add(
                WEB,
                PORT,
                new CheckpointSettings(
                    RestorePolicy.CONTINUE, DriftPolicy.RESTORE, 100, each, each, Duration.ZERO),
                false)
            .id();
    online();
    Instant began = Instant.now();
    int written = 0;
    while (Duration.between(began, Instant.now()).toMillis() < 1_000) {
      source.write("v" + ++written);
      Thread.onSpinWait();
    }
    String last = "v" + written;
    await().untilAsserted(() -> assertThat(current(id)).endsWith(" Changed " + last));
    // At most one in each delay of 200 ms, and one after.
    assertThat(checkpoint(id).generations()).hasSizeBetween(3, 9);
  }

  @Test
  void whatChangesDropped_isNotReadAnyMore_andGoneFromTheDiskWhenNothingChanges() throws Exception {
    CheckpointId id =
        checkpoints
            .add(
                WEB,
                PORT,
                new CheckpointSettings(
                    RestorePolicy.CONTINUE,
                    DriftPolicy.RESTORE,
                    2,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO),
                false)
            .id();
    Checkpoint first = checkpoint(id);
    online();
    for (int i = 81; i <= 85; i++) {
      String now = Integer.toString(i);
      source.write(now);
      await().untilAsserted(() -> assertThat(current(id)).endsWith(" Changed " + now));
    }

    Checkpoint last = checkpoint(id);
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(
            () -> checkpoints.diff(last, first.currentGeneration(), last.generations().getLast()))
        .withMessage("generation 1 is not kept any more");
    assertThat(checkpoints.diff(last, last.generations().getFirst(), last.generations().getLast()))
        .containsExactly(new Difference("", "text", "84", "85"));
    await()
        .untilAsserted(
            () ->
                assertThat(log.directory().resolve("blobs"))
                    .isDirectoryNotContaining(file -> !isOf(last, file)));
  }

  private static boolean isOf(Checkpoint checkpoint, Path blob) {
    return checkpoint.generations().stream()
        .anyMatch(each -> each.digest().endsWith(blob.getFileName().toString()));
  }

  @Test
  void whatChangesDropped_isGoneFromTheDisk_whenTheLayerIsClosed() throws Exception {
    CheckpointId id =
        checkpoints
            .add(
                WEB,
                PORT,
                new CheckpointSettings(
                    RestorePolicy.CONTINUE,
                    DriftPolicy.RESTORE,
                    1,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO),
                false)
            .id();
    online();
    for (String now : List.of("81", "82")) {
      source.write(now);
      await().untilAsserted(() -> assertThat(current(id)).endsWith(" Changed " + now));
    }
    Checkpoint last = checkpoint(id);

    checkpoints.close();

    assertThat(log.directory().resolve("blobs")).isDirectoryNotContaining(f -> !isOf(last, f));
  }

  @Test
  void whatWasChangedRightBeforeTheEndIsSavedAtOffline() throws Exception {
    CheckpointId id = add();
    online();
    awaitClean(id);
    source.write("82");
    offline();
    assertThat(current(id)).isEqualTo("2 Offline 82");
    assertThat(source.watcherCount()).isZero();
    assertThat(checkpoint(id).live()).isEmpty();
  }

  @Test
  void onlineRestoresWhatWasSaved() throws Exception {
    CheckpointId id = add();
    online();
    source.write("83");
    offline();
    source.write("edited");
    online();
    assertThat(source.content()).contains("83");
    assertThat(current(id)).isEqualTo("2 Offline 83");
  }

  @Test
  void anUnchangedContentMakesNoGeneration() throws Exception {
    CheckpointId id = add();
    online();
    source.write("80");
    offline();
    online();
    offline();
    assertThat(checkpoint(id).generations()).hasSize(1);
  }

  // ---- deaths ----------------------------------------------------------------------------------

  @Test
  void foundRunningAfterADeathItIsSavedAndNothingIsRestored() throws Exception {
    CheckpointId id = add();
    online();
    awaitClean(id);
    reopen("alpha");
    source.write("while nobody watched");
    source.restored.clear();
    checkpoints.running(WEB);
    awaitCurrent(id, "2 Changed while nobody watched");
    assertThat(source.restored).isEmpty();
    source.write("watched again");
    awaitCurrent(id, "3 Changed watched again");
  }

  @Test
  void foundGoneAfterADeathItsLastChangesAreSavedAndAreNoDrift() throws Exception {
    CheckpointId id = add();
    online();
    awaitClean(id);
    reopen("alpha");
    source.write("its last words");
    offline();
    assertThat(current(id)).isEqualTo("2 Offline its last words");
    online();
    assertThat(told.lines).noneMatch(line -> line.startsWith("drifted"));
  }

  @Test
  void anotherLookAtARunningOneChangesNothing() throws Exception {
    add();
    online();
    checkpoints.running(WEB);
    checkpoints.running(WEB);
    offline();
    online();
    assertThat(source.watcherCount()).isEqualTo(1);
  }

  // ---- offline edits ---------------------------------------------------------------------------

  @Test
  void anOfflineEditIsToldKeptAndOverwritten() throws Exception {
    CheckpointId id = add();
    source.write("edited");
    online();
    assertThat(told.lines).contains("drifted 2 [80>edited] restore");
    assertThat(current(id)).isEqualTo("1 Added 80");
    assertThat(source.content()).contains("80");
    assertThat(checkpoint(id).generation(2).orElseThrow().cause()).isEqualTo(Cause.DRIFT);
  }

  @Test
  void anOfflineEditCanBeAdopted() throws Exception {
    CheckpointId id = add(RestorePolicy.CONTINUE, DriftPolicy.ADOPT);
    source.write("edited");
    online();
    assertThat(told.lines).contains("drifted 2 [80>edited] adopt");
    assertThat(current(id)).isEqualTo("2 Drift edited");
    assertThat(source.content()).contains("edited");
  }

  @Test
  void anOfflineEditCanKeepTheResourceFromGoingOnlineUntilItIsSaved() throws Exception {
    CheckpointId id = add(RestorePolicy.CONTINUE, DriftPolicy.REFUSE);
    source.write("edited");
    for (int i = 0; i < 2; i++) {
      assertThat(online().refusal())
          .hasValueSatisfying(
              refusal -> {
                assertThat(refusal.why()).contains("checkpoint 1 (registry:Software\\Web)");
                assertThat(refusal.again()).isFalse();
              });
      offline();
    }
    assertThat(source.content()).contains("edited");
    assertThat(told.lines).filteredOn(line -> line.startsWith("drifted")).hasSize(1);
    checkpoints.save(id, Cause.MANUAL);
    assertThat(online().refusal()).isEmpty();
    assertThat(current(id)).isEqualTo("3 Manual edited");
  }

  @Test
  void anOfflineEditThatWasRefusedCanBeRolledBack() throws Exception {
    CheckpointId id = add(RestorePolicy.CONTINUE, DriftPolicy.REFUSE);
    source.write("edited");
    assertThat(online().refusal()).isPresent();
    checkpoints.rollback(id, 1);
    assertThat(online().refusal()).isEmpty();
    assertThat(source.content()).contains("80");
  }

  @Test
  void anEditThatWasRefusedIsToldAndKeptOnce_alsoAfterTheRollbackThatUndoesIt() throws Exception {
    CheckpointId id = add(RestorePolicy.CONTINUE, DriftPolicy.REFUSE);
    source.write("edited");
    assertThat(online().refusal()).isPresent();
    checkpoints.rollback(id, 1);
    online();
    assertThat(told.lines).filteredOn(line -> line.startsWith("drifted")).hasSize(1);
    assertThat(checkpoints.store().find(id).orElseThrow().generations())
        .extracting(Generation::cause)
        .containsExactly(Cause.ADDED, Cause.DRIFT, Cause.ROLLED_BACK);

    offline();
    source.write("edited");
    assertThat(online().refusal()).as("the same edit once more is another edit").isPresent();
    assertThat(told.lines).filteredOn(line -> line.startsWith("drifted")).hasSize(2);
  }

  @Test
  void anEditThatCameAfterTheRollbackOfAnother_isToldAndKept() throws Exception {
    CheckpointId id = add(RestorePolicy.CONTINUE, DriftPolicy.REFUSE);
    source.write("edited");
    assertThat(online().refusal()).isPresent();
    checkpoints.rollback(id, 1);
    source.write("edited again");
    assertThat(online().refusal()).isEmpty();
    assertThat(source.content()).contains("80");
    assertThat(told.lines).filteredOn(line -> line.startsWith("drifted")).hasSize(2);
  }

  @Test
  void anOfflineEditThatWasRefusedCanBeUndoneByHand() throws Exception {
    add(RestorePolicy.CONTINUE, DriftPolicy.REFUSE);
    source.write("edited");
    assertThat(online().refusal()).isPresent();
    source.write("80");
    assertThat(online().refusal()).isEmpty();
  }

  @Test
  void deletingItWhileOfflineIsAnEdit() throws Exception {
    add();
    source.write(null);
    online();
    assertThat(told.lines).contains("drifted nothing [] restore");
    assertThat(source.content()).contains("80");
  }

  @Test
  void whatAnotherNodeHasIsNoEditUntilItRanThere() throws Exception {
    CheckpointId id = add();
    online();
    source.write("81");
    offline();
    reopen("beta");
    source.write("what beta had");
    online();
    assertThat(told.lines).noneMatch(line -> line.startsWith("drifted"));
    assertThat(source.content()).contains("81");
    offline();
    reopen("alpha");
    source.write("edited on the passive node");
    online();
    assertThat(told.lines).contains("drifted 3 [81>edited on the passive node] restore");
    assertThat(current(id)).isEqualTo("2 Offline 81");
  }

  // ---- what stands in the way ------------------------------------------------------------------

  @Test
  void heldItGoesOnlineUnrestoredAndTheStaleContentDoesNotTakeThePlaceOfTheSaved()
      throws Exception {
    CheckpointId id = add();
    online();
    source.write("good");
    offline();
    source.write("stale");
    source.restoringFails = held();
    Restoration restoration = online();
    assertThat(restoration.refusal()).isEmpty();
    assertThat(restoration.unrestored())
        .containsExactly("checkpoint 1 (registry:Software\\Web): HandleHeld");
    assertThat(told.lines)
        .contains("not restored 2 HandleHeld: held open by winlogon (pid 7), online all the same");
    assertThat(checkpoints.isUnrestored(WEB)).isTrue();
    awaitClean(id);
    offline();
    assertThat(current(id)).isEqualTo("2 Offline good");

    source.restoringFails = null;
    assertThat(online().restored()).isEqualTo(1);
    assertThat(source.content()).contains("good");
    assertThat(checkpoints.isUnrestored(WEB)).isFalse();
  }

  @Test
  void unrestoredAfterADeathItIsStillUnrestored() throws Exception {
    add();
    source.restoringFails = held();
    online();
    reopen("alpha");
    checkpoints.running(WEB);
    assertThat(checkpoints.isUnrestored(WEB)).isTrue();
  }

  @Test
  void whatAnUnrestoredOneChangesItselfIsSaved() throws Exception {
    CheckpointId id = add();
    source.write("stale");
    source.restoringFails = held();
    online();
    awaitClean(id);
    source.write("changed on top");
    await().untilAsserted(() -> assertThat(current(id)).endsWith("Changed changed on top"));
    assertThat(checkpoints.isUnrestored(WEB)).isTrue();
  }

  @Test
  void retriedItIsRestoredWhenTheHolderLetsGo() throws Exception {
    add(RestorePolicy.RETRY, DriftPolicy.RESTORE);
    source.restoringFails = held();
    var online = checkpoints.beforeOnline(WEB);
    assertThat(online).isNotDone();
    source.restoringFails = null;
    assertThat(online.join().restored()).isEqualTo(1);
    assertThat(told.lines).noneMatch(line -> line.startsWith("not restored"));
  }

  @Test
  void forcedItIsRestoredAlthoughItIsHeld() throws Exception {
    add(RestorePolicy.FORCE, DriftPolicy.RESTORE);
    source.write("stale");
    source.restoringFails = held();
    assertThat(online().restored()).isEqualTo(1);
    assertThat(source.content()).contains("80");
  }

  @Test
  void withPolicyFailNothingOfTheResourceIsTouched() throws Exception {
    add();
    CheckpointId second =
        checkpoints
            .add(
                WEB,
                Subject.parse("registry:Software\\Other", List.of()),
                settings(RestorePolicy.FAIL, DriftPolicy.RESTORE),
                false)
            .id();
    assertThat(second.number()).isEqualTo(2);
    source.restoringFails = denied();
    source.restored.clear();
    assertThat(online().refusal())
        .hasValueSatisfying(
            refusal -> {
              assertThat(refusal.why()).contains("checkpoint 2").contains("AccessDenied");
              assertThat(refusal.again()).isTrue();
            });
    assertThat(source.restored).isEmpty();
    assertThat(told.lines).contains("not restored 1 AccessDenied: not granted");
  }

  @Test
  void whatCannotBeWatchedIsToldAndSavedAtOffline() throws Exception {
    CheckpointId id = add();
    source.watchingFails = denied();
    online();
    assertThat(told.lines).contains("not watched AccessDenied: not granted");
    assertThat(checkpoints.watched(id).isWatched()).isFalse();
    awaitClean(id);
    source.write("unseen");
    offline();
    assertThat(current(id)).isEqualTo("2 Offline unseen");
  }

  @Test
  void aSaveThatFailsAtOfflineIsToldAndTriedAgain() throws Exception {
    CheckpointId id = add();
    online();
    awaitClean(id);
    source.readingFails = denied();
    source.write("changed");
    offline();
    assertThat(told.lines).contains("not saved Offline AccessDenied: not granted, again");
    assertThat(checkpoints.unsaved(WEB))
        .singleElement()
        .satisfies(left -> assertThat(left.trouble().obstacle()).isEqualTo(Obstacle.ACCESS_DENIED));
    assertThat(checkpoint(id).live()).contains("alpha");
    source.readingFails = null;
    awaitCurrent(id, "2 Offline changed");
  }

  @Test
  void aSaveThatWasAskedForAndFails_doesNotKeepTheChangeFromBeingSavedByItself() throws Exception {
    CheckpointId id = add();
    online();
    awaitClean(id);
    source.readingFails = denied();
    source.write("changed");
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(() -> checkpoints.save(id, Cause.MANUAL));
    assertThat(checkpoints.watched(id).dirtySince()).isNotNull();
    source.readingFails = null;
    awaitCurrent(id, "2 Changed changed");
    awaitClean(id);
    assertThat(checkpoints.unsaved(WEB)).isEmpty();
  }

  @Test
  void whatCouldNotBeSavedIsNotOverwritten() throws Exception {
    CheckpointId id = add();
    online();
    awaitClean(id);
    source.readingFails = denied();
    source.write("newer than what was saved");
    offline();
    source.restored.clear();
    Restoration restoration = online();
    assertThat(source.restored).isEmpty();
    assertThat(restoration.unrestored()).hasSize(1);
    assertThat(told.lines).anyMatch(line -> line.contains("its last changes could not be saved"));
    source.readingFails = null;
    offline();
    assertThat(current(id)).endsWith("newer than what was saved");
  }

  /** The content is newer than what was saved, and not stale: it must not count as that. */
  @Test
  void whatCouldNotBeSavedForWantOfRoom_isSavedWhenThereIsRoom() throws Exception {
    CheckpointId id = add();
    online();
    awaitClean(id);
    Path blobs = directory.resolve("quorum").resolve("blobs");
    Path full = directory.resolve("quorum").resolve("full");
    Files.move(blobs, full);
    source.write("newer");
    offline();
    assertThat(told.lines).anyMatch(line -> line.startsWith("not saved Offline IoError"));
    source.restored.clear();
    online();
    assertThat(source.restored).isEmpty();
    Files.move(full, blobs);
    awaitCurrent(id, "2 Changed newer");
    offline();
    online();
    assertThat(source.content()).contains("newer");
  }

  @Test
  void aResourceThatDeletesItsConfigurationGetsBackWhatWasSaved() throws Exception {
    CheckpointId id = add();
    online();
    awaitClean(id);
    source.write(null);
    await().until(() -> told.lines.contains("not saved Changed Missing: it is not there"));
    offline();
    assertThat(checkpoint(id).live()).isEmpty();
    online();
    assertThat(source.content()).contains("80");
    assertThat(told.lines).noneMatch(line -> line.startsWith("drifted"));
  }

  // ---- another node ------

  @Test
  void whatAnotherNodeDidNotSaveIsNotSavedFromHereInstead() throws Exception {
    CheckpointId id = add();
    online();
    source.write("81");
    awaitCurrent(id, "2 Changed 81");
    assertThat(checkpoint(id).live()).contains("alpha");
    // The node ends without an offline, and the content of the next one is older.
    reopen("beta");
    source.write("80");
    offline();
    assertThat(current(id)).isEqualTo("2 Changed 81");
    online();
    assertThat(source.content()).contains("81");
    assertThat(current(id)).isEqualTo("2 Changed 81");
    assertThat(checkpoint(id).live()).contains("beta");
    assertThat(told.lines).contains("left there alpha");
  }

  @Test
  void whatAnotherNodeStarted_andIsFoundRunning_isNotSavedFromHereEither() throws Exception {
    CheckpointId id = add();
    online();
    source.write("81");
    awaitCurrent(id, "2 Changed 81");
    reopen("beta");
    source.write("80");
    checkpoints.running(WEB);
    offline();
    assertThat(current(id)).isEqualTo("2 Changed 81");
    online();
    assertThat(source.content()).contains("81");
    assertThat(told.lines).contains("left there alpha");
  }

  @Test
  void whenTheNodeThatDidNotSaveComesBack_itsContentIsKeptAsAnEdit() throws Exception {
    CheckpointId id = add();
    online();
    awaitClean(id);
    reopen("beta");
    online();
    awaitClean(id);
    offline();
    reopen("alpha");
    source.write("changed on alpha and never saved");
    online();
    assertThat(source.content()).contains("80");
    assertThat(checkpoint(id).generations().getLast().cause()).isEqualTo(Cause.DRIFT);
  }

  @Test
  void filesAreTheMachines_soTheNextNodeSavesWhatWasChangedLast() throws Exception {
    CheckpointId id =
        checkpoints
            .add(
                WEB,
                Subject.parse("file:/etc/web", List.of()),
                settings(RestorePolicy.CONTINUE, DriftPolicy.RESTORE),
                false)
            .id();
    online();
    awaitClean(id);
    reopen("beta");
    source.write("81");
    offline();
    assertThat(current(id)).isEqualTo("2 Offline 81");
    assertThat(told.lines).doesNotContain("left there alpha");
  }

  @Test
  void whatWasWrittenWhenThereWasOneNodeMeansWhoeverReadsIt() throws Exception {
    CheckpointId id = add();
    log.commit(Batch.builder().set(CheckpointKeys.key(id), RegistryValue.dword("Live", 1)).build());
    reopen("alpha");
    source.write("81");
    offline();
    assertThat(current(id)).isEqualTo("2 Offline 81");
    assertThat(checkpoint(id).live()).isEmpty();
  }

  // ---- generations -----------------------------------------------------------------------------

  @Test
  void aDamagedGenerationIsNeverRestored() throws Exception {
    CheckpointId id = add();
    online();
    source.write("81");
    offline();
    Path blob = checkpoints.store().blobs().file(checkpoint(id).currentGeneration().digest());
    Files.writeString(blob, "82");
    online();
    assertThat(told.lines).contains("damaged 2 DAMAGED, 1", "restored 1");
    assertThat(source.content()).contains("80");
    // The content that is good again is saved once more, and is what counts.
    awaitCurrent(id, "3 Changed 80");
  }

  @Test
  void withoutAnyGoodGenerationItIsUnrestored() throws Exception {
    CheckpointId id = add();
    Files.delete(checkpoints.store().blobs().file(checkpoint(id).currentGeneration().digest()));
    assertThat(online().restored()).isZero();
    assertThat(told.lines)
        .contains(
            "damaged 1 MISSING, none",
            "not restored 1 Corrupt: no generation can be read back, online all the same");
  }

  @Test
  void soManyGenerationsAreKeptAndTheirBlobsOnly() throws Exception {
    CheckpointId id =
        checkpoints
            .add(
                WEB,
                PORT,
                new CheckpointSettings(
                    RestorePolicy.CONTINUE,
                    DriftPolicy.RESTORE,
                    3,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO),
                false)
            .id();
    for (int i = 0; i < 6; i++) {
      source.write("v" + i);
      checkpoints.save(id, Cause.MANUAL);
    }
    assertThat(checkpoint(id).generations())
        .extracting(Generation::number)
        .containsExactly(5L, 6L, 7L);
    assertThat(blobCount()).isEqualTo(3);
    reopen("alpha");
    assertThat(blobCount()).isEqualTo(3);
    checkpoints.remove(id);
    assertThat(blobCount()).isZero();
    assertThat(checkpoints.store().nextId(WEB)).isEqualTo(2);
  }

  @Test
  void blobsWithoutARecordAreCollectedAtTheStart() throws Exception {
    add();
    Path blobs = directory.resolve("quorum").resolve("blobs");
    Files.writeString(blobs.resolve("0".repeat(64)), "left by a death");
    Files.writeString(blobs.resolve("17.new"), "left half-written");
    reopen("alpha");
    assertThat(blobCount()).isEqualTo(1);
  }

  @Test
  void theBlobsOfADeletedResourceGoWithIt() throws Exception {
    add();
    log.commit(Batch.builder().deleteTree("Resources\\" + WEB).build());
    checkpoints.forget(WEB);
    assertThat(blobCount()).isZero();
  }

  @Test
  void aRollbackIsANewGenerationAndIsRestored() throws Exception {
    CheckpointId id = add();
    online();
    source.write("bad");
    offline();
    checkpoints.rollback(id, 1);
    assertThat(current(id)).isEqualTo("3 RolledBack 80");
    online();
    assertThat(source.content()).contains("80");
    assertThat(told.lines).noneMatch(line -> line.startsWith("drifted"));
  }

  @Test
  void rolledBackWhileOnlineItGoesOnAndWhatItChangesIsHistoryOnly() throws Exception {
    CheckpointId id = add();
    online();
    source.write("bad");
    awaitCurrent(id, "2 Changed bad");
    checkpoints.rollback(id, 1);
    assertThat(source.content()).contains("bad");
    source.write("worse");
    offline();
    assertThat(current(id)).isEqualTo("3 RolledBack 80");
    assertThat(checkpoint(id).generations().getLast().fingerprint()).isEqualTo("text:worse");
    online();
    assertThat(source.content()).contains("80");
    source.write("mended");
    awaitCurrent(id, "5 Changed mended");
  }

  // ---- poisoned configuration ------------------------------------------------------------------

  private CheckpointId addBlaming(Duration rollBackWithin) throws Exception {
    return checkpoints
        .add(
            WEB,
            PORT,
            new CheckpointSettings(
                RestorePolicy.CONTINUE,
                DriftPolicy.RESTORE,
                10,
                Duration.ofMillis(20),
                Duration.ofMillis(200),
                rollBackWithin),
            false)
        .id();
  }

  /** Whether something was rolled back for it. */
  private boolean failsAndRestarts() {
    boolean rolledBack = checkpoints.failed(WEB).join();
    offline();
    online();
    return rolledBack;
  }

  @Test
  void whatFailsSoonAfterAChangeAndAgainIsRolledBack() throws Exception {
    CheckpointId id = addBlaming(Duration.ofMinutes(5));
    online();
    source.write("poison");
    awaitCurrent(id, "2 Changed poison");
    assertThat(failsAndRestarts()).isFalse();
    assertThat(told.lines).contains("suspected 2 [80>poison]");
    assertThat(source.content()).contains("poison");
    assertThat(failsAndRestarts()).isTrue();
    assertThat(told.lines).contains("rolled back 2 [80>poison]");
    assertThat(current(id)).isEqualTo("3 RolledBack 80");
    assertThat(source.content()).contains("80");
    assertThat(failsAndRestarts()).isFalse();
    assertThat(current(id)).isEqualTo("3 RolledBack 80");
    // What was blamed was live at its end still, and is not written down a second time.
    assertThat(checkpoint(id).generations()).hasSize(3);
  }

  @Test
  void withoutThePolicyItIsToldOnlyAndOnce() throws Exception {
    CheckpointId id = addBlaming(Duration.ZERO);
    online();
    source.write("poison");
    awaitCurrent(id, "2 Changed poison");
    var _ = failsAndRestarts();
    var _ = failsAndRestarts();
    var _ = failsAndRestarts();
    assertThat(told.lines).filteredOn(line -> line.startsWith("suspected")).hasSize(1);
    assertThat(current(id)).isEqualTo("2 Changed poison");
  }

  @Test
  void whatFailsLongAfterAChangeIsNotDueToIt() throws Exception {
    CheckpointId id = addBlaming(Duration.ofMillis(1));
    online();
    source.write("fine");
    awaitCurrent(id, "2 Changed fine");
    Instant savedAt = checkpoint(id).currentGeneration().savedAt();
    await().until(() -> Duration.between(savedAt, Instant.now()).toMillis() > 5);
    var _ = failsAndRestarts();
    var _ = failsAndRestarts();
    assertThat(told.lines).noneMatch(line -> line.startsWith("suspected"));
    assertThat(current(id)).isEqualTo("2 Changed fine");
  }

  @Test
  void whatWasThereFromTheBeginningIsNotToBlame() throws Exception {
    addBlaming(Duration.ofMinutes(5));
    online();
    var _ = failsAndRestarts();
    var _ = failsAndRestarts();
    assertThat(told.lines).noneMatch(line -> line.startsWith("suspected"));
  }

  // ---- nothing ---------------------------------------------------------------------------------

  @Test
  void withoutCheckpointsNothingIsDone() {
    assertThat(checkpoints.beforeOnline(WEB)).isCompletedWithValue(Restoration.NOTHING);
    assertThat(checkpoints.gone(WEB)).isCompleted();
    checkpoints.running(WEB);
    assertThat(told.lines).isEmpty();
  }
}
