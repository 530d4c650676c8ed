package dev.holdfast.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.failpoint.StoragePoint;
import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.quorum.QuorumHeldException;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.TreeCodec;
import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.HiveCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestorationTest {
  @TempDir private Path folder;
  private SampleQuorum sample;
  private Path file;
  private Path target;

  @BeforeEach
  void backUp() throws Exception {
    sample = SampleQuorum.in(folder.resolve("original"));
    file = sample.backUpTo(folder.resolve("backup.tar"));
    target = folder.resolve("there").resolve("quorum");
  }

  private Restoration.Outcome restore(boolean replace) throws IOException {
    return restore(replace, Restoration.Steps.OF_THE_DISK);
  }

  private Restoration.Outcome restore(boolean replace, Restoration.Steps steps) throws IOException {
    try (BackupFile backup = BackupFile.open(file)) {
      return new Restoration(backup, target, replace, SampleQuorum.ALPHA, SampleQuorum.CLOCK, steps)
          .run(Progress.NONE);
    }
  }

  private static Snapshot database(Path quorum) throws IOException {
    return HiveCopy.read(new DirectoryStorage(quorum), "cluster.log").snapshot();
  }

  private static List<Finding> check(Path quorum) throws IOException {
    return QuorumCheck.of(quorum, Progress.NONE).findings();
  }

  /** Another quorum directory at the target, with more in it than the backup has. */
  private void occupy() throws Exception {
    try (DirectoryQuorumLog log =
        DirectoryQuorumLog.tryOpen(target, SampleQuorum.ALPHA, SampleQuorum.CLOCK)) {
      log.commit(SampleQuorum.group("mine"));
    }
  }

  private List<String> besides() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("there"))) {
      return files.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whereNothingIs_allOfItComes_andOneCommitMore() throws Exception {
    Restoration.Outcome outcome = restore(false);

    assertThat(outcome.kept()).isEmpty();
    assertThat(check(target)).isEmpty();
    assertThat(besides()).containsExactly("quorum");
    Snapshot restored = database(target);
    Snapshot original = database(sample.directory());
    assertThat(restored.root().subkeys()).hasSize(4);
    for (String key : List.of("Groups", "Resources", "ResourceTypes")) {
      assertThat(TreeCodec.same(restored.key(key).orElseThrow(), original.key(key).orElseThrow()))
          .as(key)
          .isTrue();
    }
    QuorumKeys.Restored mark = QuorumKeys.restored(restored).orElseThrow();
    assertThat(mark.isPending()).isTrue();
    assertThat(mark.at()).isEqualTo(SampleQuorum.NOW);
    assertThat(mark.revision()).isEqualTo(sample.revision());
    assertThat(mark.from()).isEqualTo(file.toString());
  }

  @Test
  void revisions_goOnWhereNobodyHasBeen() throws Exception {
    assertThat(restore(false).revision()).isEqualTo(SampleQuorum.NOW.toEpochMilli());
    assertThat(database(target).revision())
        .isEqualTo(new Revision(SampleQuorum.NOW.toEpochMilli()));

    // Again, at the same time by the clock: beyond what is there now.
    long again = restore(true).revision();

    assertThat(again).isGreaterThan(SampleQuorum.NOW.toEpochMilli());
    assertThat(database(target).revision()).isEqualTo(new Revision(again));
  }

  @Test
  void restoredDirectory_opens_andGoesOn() throws Exception {
    restore(false);

    try (DirectoryQuorumLog log =
        DirectoryQuorumLog.tryOpen(target, SampleQuorum.ALPHA, SampleQuorum.CLOCK)) {
      Revision before = log.snapshot().revision();
      assertThat(log.commit(SampleQuorum.group("later"))).isEqualTo(before.next());
    }
    assertThat(check(target)).isEmpty();
  }

  @Test
  void emptyDirectory_isTaken() throws Exception {
    Files.createDirectories(target);

    restore(false);

    assertThat(check(target)).isEmpty();
  }

  @Test
  void quorumDirectoryThatIsThere_staysUnlessItIsSaid_andIsKept() throws Exception {
    occupy();

    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> restore(false))
        .withMessageContaining("--force");
    assertThat(database(target).key("Groups\\mine")).isPresent();

    Restoration.Outcome outcome = restore(true);

    assertThat(outcome.missing()).containsExactly("group mine");
    Path kept = outcome.kept().orElseThrow();
    assertThat(kept).hasFileName("quorum.before-restore-20261130T120000Z");
    assertThat(database(kept).key("Groups\\mine")).isPresent();
    assertThat(database(target).key("Groups\\web")).isPresent();
    assertThat(besides()).containsExactly("quorum", kept.getFileName().toString());
  }

  @Test
  void generationsThatTheBackupLacks_areNamed() throws Exception {
    target = sample.directory();
    try (DirectoryQuorumLog log = sample.open()) {
      log.commit(SampleQuorum.generation(3, sample.digest(0)));
      log.commit(SampleQuorum.generation(4, sample.digest(1)));
    }

    assertThat(restore(true).missing())
        .containsExactly("generations 3 to 4 of checkpoint 1 of resource web");
  }

  @Test
  void damagedDirectory_isReplaced_andKept() throws Exception {
    occupy();
    Files.write(target.resolve("cluster.log"), new byte[] {1, 2, 3});

    Restoration.Outcome outcome = restore(true);

    assertThat(outcome.replaced()).isEmpty();
    assertThat(outcome.kept().orElseThrow().resolve("cluster.log"))
        .hasBinaryContent(new byte[] {1, 2, 3});
    assertThat(check(target)).isEmpty();
  }

  @Test
  void heldDirectory_isLeftAlone_alsoByForce() throws Exception {
    occupy();
    try (DirectoryQuorumLog _ =
        DirectoryQuorumLog.tryOpen(target, SampleQuorum.ALPHA, SampleQuorum.CLOCK)) {
      for (boolean force : List.of(true, false)) {
        assertThatExceptionOfType(QuorumHeldException.class)
            .isThrownBy(() -> restore(force))
            .withMessageContaining("node alpha");
      }
    }
    assertThat(besides()).containsExactly("quorum");
  }

  @Test
  void directoryOfSomethingElse_isLeftAlone() throws Exception {
    Files.createDirectories(target);
    Files.writeString(target.resolve("thesis.tex"), "…");

    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> restore(true))
        .withMessageContaining("not those of a quorum directory");
  }

  @Test
  void whatRootRestores_isWhoseHomeItIs() throws Exception {
    Path home = Files.createDirectories(folder.resolve("there"));
    Assumptions.assumeTrue(
        Files.getAttribute(home, "unix:uid").equals(0), "root alone can give files to others");
    Files.setAttribute(home, "unix:uid", 12_345);

    restore(false);

    try (Stream<Path> all = Files.walk(target)) {
      for (Path each : all.toList()) {
        assertThat(Files.getAttribute(each, "unix:uid")).as(each.toString()).isEqualTo(12_345);
      }
    }
  }

  @Test
  void rehearsal_saysTheSame_andChangesNothing() throws Exception {
    occupy();
    try (BackupFile backup = BackupFile.open(file)) {
      Restoration.Outcome outcome =
          new Restoration(backup, target, true, SampleQuorum.ALPHA, SampleQuorum.CLOCK).rehearse();

      assertThat(outcome.missing()).containsExactly("group mine");
    }
    assertThat(besides()).containsExactly("quorum");
    assertThat(database(target).key("Groups\\mine")).isPresent();
  }

  // ---- deaths --------------------------------------------------------------------------------

  /** Nothing that is above may catch it, and nothing is tidied up. */
  private static final class Death extends Error {}

  /** Dies at the n-th moment, or has the disk fail there. */
  private static final class Mortal implements Restoration.Steps {
    private final int at;
    private final boolean dies;
    private int now;

    Mortal(int at, boolean dies) {
      this.at = at;
      this.dies = dies;
    }

    @Override
    public void before(StoragePoint point) throws IOException {
      moment();
    }

    @Override
    public void after(StoragePoint point) throws IOException {
      moment();
    }

    private void moment() throws IOException {
      if (now++ == at) {
        if (dies) {
          throw new Death();
        }
        throw new IOException("Input/output error");
      }
    }
  }

  private int moments(boolean occupied) throws Exception {
    if (occupied) {
      occupy();
    }
    var counting = new Mortal(-1, true);
    restore(occupied, counting);
    clear();
    return counting.now;
  }

  private void clear() throws IOException {
    Directories.delete(folder.resolve("there"));
  }

  private boolean isOld() throws IOException {
    return database(target).key("Groups\\mine").isPresent();
  }

  @Test
  void deathAtAnyMoment_leavesWhatWasThere_orAllOfTheBackup() throws Exception {
    int moments = moments(true);
    assertThat(moments).isGreaterThan(12);
    int old = 0;
    for (int at = 0; at < moments; at++) {
      occupy();
      var mortal = new Mortal(at, true);
      assertThatExceptionOfType(Death.class).isThrownBy(() -> restore(true, mortal));

      if (isOld()) {
        old++;
        assertThat(check(target)).as("moment %d", at).isEmpty();
      } else {
        assertThat(check(target)).as("moment %d", at).isEmpty();
        assertThat(database(target).key("Groups\\web")).as("moment %d", at).isPresent();
      }
      Restoration.tidy(target, SampleQuorum.NOW);
      assertTidy(at);
      clear();
    }
    assertThat(old).as("moments that leave the old one").isBetween(1, moments - 1);
  }

  /** What was there is there still, under one name or the other, and nothing else beside. */
  private void assertTidy(int at) throws IOException {
    if (isOld()) {
      assertThat(besides()).as("moment %d", at).containsExactly("quorum");
    } else {
      assertThat(besides())
          .as("moment %d", at)
          .containsExactly("quorum", "quorum.before-restore-20261130T120000Z");
      assertThat(
              database(folder.resolve("there/quorum.before-restore-20261130T120000Z"))
                  .key("Groups\\mine"))
          .as("moment %d", at)
          .isPresent();
    }
    assertThat(target.resolve(Restoration.UNDONE)).doesNotExist();
  }

  @Test
  void deathAtAnyMoment_whereNothingWas_leavesNothing_orAll() throws Exception {
    int moments = moments(false);
    for (int at = 0; at < moments; at++) {
      var mortal = new Mortal(at, true);
      assertThatExceptionOfType(Death.class).isThrownBy(() -> restore(false, mortal));

      boolean there = Files.exists(target);
      if (there) {
        assertThat(check(target)).as("moment %d", at).isEmpty();
      }
      Restoration.tidy(target, SampleQuorum.NOW);
      assertThat(besides()).as("moment %d", at).isEqualTo(there ? List.of("quorum") : List.of());
      clear();
    }
  }

  @Test
  void afterADeathAtAnyMoment_theNextRestoreDoesIt() throws Exception {
    int moments = moments(true);
    for (int at = 0; at < moments; at++) {
      occupy();
      var mortal = new Mortal(at, true);
      assertThatExceptionOfType(Death.class).isThrownBy(() -> restore(true, mortal));

      restore(true);

      assertThat(check(target)).as("moment %d", at).isEmpty();
      assertThat(database(target).key("Groups\\mine")).as("moment %d", at).isEmpty();
      assertThat(besides()).as("moment %d", at).doesNotContain("quorum.restoring");
      clear();
    }
  }

  @Test
  void diskThatFails_isSaid_withWhatIsFree_andNothingIsLeft() throws Exception {
    int moments = moments(true);
    for (int at = 0; at < moments; at++) {
      occupy();
      var mortal = new Mortal(at, false);
      assertThatExceptionOfType(IOException.class)
          .as("moment %d", at)
          .isThrownBy(() -> restore(true, mortal))
          .withMessageContaining("was not restored to " + target)
          .withMessageContaining("Input/output error")
          .withMessageContaining("bytes are free");

      assertThat(check(target)).as("moment %d", at).isEmpty();
      Restoration.tidy(target, SampleQuorum.NOW);
      assertTidy(at);
      clear();
    }
  }
}
