package dev.holdfast.backup;

import dev.holdfast.backup.Manifest.Member;
import dev.holdfast.checkpoint.file.Exchange;
import dev.holdfast.failpoint.StoragePoint;
import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.quorum.Holder;
import dev.holdfast.quorum.QuorumDirectory;
import dev.holdfast.quorum.QuorumHeldException;
import dev.holdfast.quorum.QuorumLock;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.Hive;
import dev.holdfast.registry.hive.HiveCopy;
import dev.holdfast.registry.hive.HiveSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a quorum directory of a backup, in place of none, of an empty one, or of another one, which
 * is kept. Whenever it dies, the place has what it had, or all of the backup:
 *
 * <pre>
 *   Q.restoring/           made beside Q, with a file "restoring" in it that says it is not done;
 *                          database, blobs, archives written and synced, then read back
 *   Q.restoring ⇄ Q        change places in one step; or Q.restoring becomes Q, where nothing was
 *   Q.restoring            is now what was there: renamed to Q.before-restore-TIME, and kept
 *   Q/restoring            is deleted
 * </pre>
 *
 * A {@code Q.restoring} with that file in it is worth nothing and deleted by whoever comes next;
 * one without it is what was there before, and renamed.
 *
 * <p>The database is the backup's, with one commit more that says where it comes from (see {@link
 * QuorumKeys}), at a revision beyond all that its cluster can have had: nobody who followed it may
 * take a new commit for one that he knows.
 *
 * <p>For one thread. Nobody who holds either directory is disturbed: both locks are held.
 */
public final class Restoration {
  static final String STAGING = ".restoring";
  static final String UNDONE = "restoring";
  private static final String KEPT = ".before-restore-";

  /** No cluster commits so often between a backup and its restore, whatever the clock says. */
  private static final long REVISIONS_SKIPPED_MIN = 1_000_000;

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final BackupFile backup;
  private final Path quorum;
  private final boolean replace;
  private final Holder holder;
  private final InstantSource clock;
  private final Steps steps;

  /**
   * @param quorum where to
   * @param replace another quorum directory may be there
   * @param holder who we are, for those who find the directories held
   */
  public Restoration(
      BackupFile backup, Path quorum, boolean replace, Holder holder, InstantSource clock) {
    this(backup, quorum, replace, holder, clock, Steps.OF_THE_DISK);
  }

  Restoration(
      BackupFile backup,
      Path quorum,
      boolean replace,
      Holder holder,
      InstantSource clock,
      Steps steps) {
    this.backup = backup;
    this.quorum = quorum;
    this.replace = replace;
    this.holder = holder;
    this.clock = clock;
    this.steps = steps;
  }

  /** What stands at each step; a test may die there. */
  interface Steps {
    Steps OF_THE_DISK =
        new Steps() {
          @Override
          public void before(StoragePoint point) throws IOException {
            point.before();
          }

          @Override
          public void after(StoragePoint point) throws IOException {
            point.after();
          }
        };

    void before(StoragePoint point) throws IOException;

    void after(StoragePoint point) throws IOException;
  }

  /** Something that is done between the two moments of a step. */
  @FunctionalInterface
  private interface Act {
    void run() throws IOException;
  }

  private void step(StoragePoint point, Act act) throws IOException {
    steps.before(point);
    act.run();
    steps.after(point);
  }

  /**
   * What a restore did, or would do.
   *
   * @param kept where that is which was there; empty when nothing was
   * @param revision of the database now; that of the backup in a rehearsal
   * @param replaced the revision of the one that was there; empty if that cannot be read, or
   *     nothing was there
   * @param missing what that one has and the backup lacks
   */
  public record Outcome(
      Path quorum,
      Optional<Path> kept,
      long revision,
      Optional<Long> replaced,
      List<String> missing) {}

  /** Looks whether it could be done, and what would be lost by it; changes nothing. */
  public Outcome rehearse() throws IOException {
    Path target = target();
    boolean occupied = requirePlace(target);
    requireRoom(target);
    if (!occupied) {
      return new Outcome(
          target, Optional.empty(), backup.manifest().revision(), Optional.empty(), List.of());
    }
    try (QuorumLock _ = hold(target)) {
      return outcome(target, backup.manifest().revision());
    }
  }

  /**
   * Restores. The backup was verified before; what is copied is compared with its digests once
   * more, and read back.
   *
   * @throws RefusedException the place is held, or not free; nothing was changed
   */
  public Outcome run(Progress progress) throws IOException {
    Path target = target();
    Path parent = Objects.requireNonNull(target.getParent());
    boolean occupied = requirePlace(target);
    new QuorumDirectory(parent).create();
    try {
      requireRoom(target);
      if (!occupied) {
        tidy(target, clock.instant());
        Outcome outcome =
            new Outcome(target, Optional.empty(), nextRevision(0), Optional.empty(), List.of());
        put(target, outcome, progress);
        return outcome;
      }
      try (QuorumLock _ = hold(target)) {
        tidy(target, clock.instant());
        Outcome outcome = outcome(target, 0);
        Outcome numbered =
            new Outcome(
                target,
                outcome.kept(),
                nextRevision(outcome.replaced().orElse(0L)),
                outcome.replaced(),
                outcome.missing());
        put(target, numbered, progress);
        return numbered;
      }
    } catch (QuorumHeldException e) {
      throw e;
    } catch (IOException e) {
      throw Space.explained(
          "%s was not restored to %s".formatted(backup.file(), target), parent, e);
    }
  }

  /** A link is followed: what it leads to is what is replaced. */
  private Path target() throws IOException {
    return Files.exists(quorum) ? quorum.toRealPath() : quorum.toAbsolutePath().normalize();
  }

  /** Whether there is a quorum directory already, and it may be replaced. */
  private boolean requirePlace(Path target) throws IOException {
    if (!Files.exists(target)) {
      return false;
    }
    if (target.getParent() == null
        || !Files.isDirectory(target)
        || !Files.getAttribute(target, "unix:dev")
            .equals(Files.getAttribute(Objects.requireNonNull(target.getParent()), "unix:dev"))) {
      throw new RefusedException(
          "%s was not restored to %s: that is not a directory, or where a file system begins, which cannot be replaced; restore to a directory in it, and serve with --quorum"
              .formatted(backup.file(), target));
    }
    if (Directories.isEmpty(target)) {
      return false;
    }
    if (!isOne(target)) {
      throw new RefusedException(
          "%s was not restored to %s: there are files in it, and not those of a quorum directory; choose another place"
              .formatted(backup.file(), target));
    }
    if (!replace) {
      hold(target).close(); // that somebody uses it matters more
      throw new RefusedException(
          "%s was not restored to %s: there is a quorum directory already; with --force it is replaced, and kept beside"
              .formatted(backup.file(), target));
    }
    return true;
  }

  private static boolean isOne(Path directory) {
    return List.of(
            QuorumDirectory.FORMAT_FILE,
            QuorumDirectory.LOG_FILE,
            QuorumDirectory.BLOBS,
            QuorumDirectory.PLUGINS)
        .stream()
        .anyMatch(name -> Files.exists(directory.resolve(name)));
  }

  private QuorumLock hold(Path directory) throws IOException {
    return DirectoryQuorumLog.hold(directory, holder);
  }

  private void requireRoom(Path target) throws IOException {
    Path there = Objects.requireNonNull(target.getParent());
    while (!Files.exists(there)) {
      there = Objects.requireNonNull(there.getParent());
    }
    Space.require(
        there, backup.sizeBytes(), "%s was not restored to %s".formatted(backup.file(), target));
  }

  private Outcome outcome(Path target, long revision) throws IOException {
    Optional<Snapshot> there = Optional.empty();
    try {
      there =
          Optional.of(
              HiveCopy.read(new DirectoryStorage(target), QuorumDirectory.LOG_FILE).snapshot());
    } catch (IOException e) {
      // It is damaged, which may be why another one is restored; what it had is not known then.
    }
    Snapshot restored = backup.database().snapshot();
    return new Outcome(
        target,
        Optional.of(keptName(target, clock.instant())),
        revision,
        there.map(each -> each.revision().number()),
        there.map(each -> Inventory.missing(each, restored)).orElse(List.of()));
  }

  private long nextRevision(long replaced) {
    return Math.max(
        clock.millis(), Math.max(backup.manifest().revision(), replaced) + REVISIONS_SKIPPED_MIN);
  }

  private static Path keptName(Path target, Instant now) {
    Path name = target.resolveSibling(target.getFileName() + KEPT + STAMP.format(now));
    for (int i = 2; Files.exists(name); i++) {
      name = target.resolveSibling(target.getFileName() + KEPT + STAMP.format(now) + "-" + i);
    }
    return name;
  }

  private static Path staging(Path target) {
    return target.resolveSibling(target.getFileName() + STAGING);
  }

  /**
   * Deals with what a restore left that died: finishes it, or deletes it. Called by whoever is
   * about to use a quorum directory; leaves a restore alone that is under way.
   *
   * @return what was done, in words; empty when there was nothing
   */
  public static Optional<String> tidy(Path quorum, Instant now) throws IOException {
    Path target = Files.exists(quorum) ? quorum.toRealPath() : quorum.toAbsolutePath().normalize();
    Optional<String> done = Optional.empty();
    Path staging = staging(target);
    if (Files.isDirectory(staging)) {
      try (QuorumLock _ = DirectoryQuorumLog.hold(staging, Holder.thisProcess("restore", now))) {
        if (!Files.exists(staging.resolve(UNDONE)) && isOne(staging)) {
          Path kept = keptName(target, now);
          Files.move(staging, kept, StandardCopyOption.ATOMIC_MOVE);
          Directories.sync(Objects.requireNonNull(target.getParent()));
          done =
              Optional.of(
                  "a restore to %s had died; what was there before is now %s"
                      .formatted(target, kept));
        } else {
          Directories.delete(staging);
          done =
              Optional.of(
                  "a restore to %s had died before it changed anything; what it left was deleted"
                      .formatted(target));
        }
      } catch (QuorumHeldException e) {
        throw new RefusedException(
            "another restore to %s is under way: %s".formatted(target, e.getMessage()), e);
      }
    }
    Files.deleteIfExists(target.resolve(UNDONE));
    return done;
  }

  // ---- making it -----------------------------------------------------------------------------

  private void put(Path target, Outcome outcome, Progress progress) throws IOException {
    Path staging = staging(target);
    step(
        StoragePoint.RESTORE_STAGE,
        () -> {
          Directories.make(staging);
          Files.createFile(staging.resolve(UNDONE));
          Directories.make(staging.resolve(QuorumDirectory.BLOBS));
          Directories.make(staging.resolve(QuorumDirectory.PLUGINS));
        });
    boolean placed = false;
    try (QuorumLock _ = hold(staging)) {
      fill(staging, outcome.revision(), progress);
      Directories.giveToOwnerOf(
          outcome.kept().isPresent() ? target : Objects.requireNonNull(target.getParent()),
          staging);
      placed = true; // From here on a failure does not tell which of the two it is.
      place(staging, target, outcome.kept());
      // Who held what is no longer there, and we are not who holds this.
      Files.deleteIfExists(target.resolve("quorum.holder"));
    } catch (IOException | RuntimeException e) {
      if (!placed) {
        deleteQuietly(staging, e);
      }
      throw e;
    }
  }

  private static void deleteQuietly(Path staging, Exception because) {
    try {
      Directories.delete(staging);
    } catch (IOException left) {
      because.addSuppressed(left); // The next restore, or service, deletes it.
    }
  }

  private void fill(Path staging, long revision, Progress progress) throws IOException {
    step(StoragePoint.RESTORE_DATABASE, () -> writeDatabase(staging, revision));
    for (Member member : backup.members()) {
      if (member.name().indexOf('/') >= 0) {
        step(StoragePoint.RESTORE_CONTENT, () -> copy(staging, member, progress));
      }
    }
    step(
        StoragePoint.RESTORE_SYNC,
        () -> {
          write(staging.resolve(QuorumDirectory.FORMAT_FILE), target -> target.write(formatLine()));
          for (String part : List.of(QuorumDirectory.BLOBS, QuorumDirectory.PLUGINS)) {
            Directories.sync(staging.resolve(part));
          }
          Directories.sync(staging);
          Directories.sync(Objects.requireNonNull(staging.getParent()));
        });
    for (Finding finding : QuorumCheck.of(staging, (_, _) -> progress.at(0, 0)).findings()) {
      if (finding.kind() == Finding.Kind.BROKEN || isInBackup(finding.object())) {
        throw new IOException("what was written is not what is read back: " + finding);
      }
    }
  }

  private boolean isInBackup(String name) {
    return backup.offset(name) >= 0;
  }

  private static ByteBuffer formatLine() {
    return ByteBuffer.wrap((QuorumDirectory.FORMAT + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void writeDatabase(Path staging, long revision) throws IOException {
    var storage = new DirectoryStorage(staging);
    HiveCopy.Content content = backup.database();
    HiveCopy.write(
        storage,
        QuorumDirectory.LOG_FILE,
        new HiveCopy.Content(
            content.hiveId(), new Snapshot(new Revision(revision - 1), content.snapshot().root())));
    Manifest manifest = backup.manifest();
    try (Hive hive =
        Hive.open(storage, QuorumDirectory.LOG_FILE, HiveSettings.named("restored", clock))) {
      hive.commit(
          QuorumKeys.write(
              new QuorumKeys.Restored(
                  clock.instant(),
                  backup.file().toAbsolutePath().toString(),
                  manifest.takenAt(),
                  manifest.revision(),
                  true)));
    } catch (CommitException e) {
      throw new IOException("the restored database could not be written: " + e.getMessage(), e);
    }
  }

  private void copy(Path staging, Member member, Progress progress) throws IOException {
    write(
        staging.resolve(member.name()),
        target ->
            backup.copy(
                member,
                piece -> {
                  while (piece.hasRemaining()) {
                    target.write(piece);
                  }
                },
                progress));
  }

  /** Writes into a new file. */
  @FunctionalInterface
  private interface Content {
    void writeTo(FileChannel target) throws IOException;
  }

  private static void write(Path file, Content content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      content.writeTo(channel);
      channel.force(true);
    }
  }

  private void place(Path staging, Path target, Optional<Path> kept) throws IOException {
    Path parent = Objects.requireNonNull(target.getParent());
    if (kept.isEmpty()) {
      step(
          StoragePoint.RESTORE_EXCHANGE,
          () -> {
            try {
              Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
              throw new RefusedException(
                  "%s was not restored to %s: something was put there meanwhile"
                      .formatted(backup.file(), target),
                  e);
            }
            Directories.sync(parent);
          });
    } else {
      step(
          StoragePoint.RESTORE_EXCHANGE,
          () -> {
            if (!Exchange.of(staging, target)) {
              throw new RefusedException(
                  "%s was not restored to %s: on its file system two directories cannot change places in one step; restore to a place where nothing is, and serve with --quorum"
                      .formatted(backup.file(), target));
            }
            Directories.sync(parent);
          });
      step(
          StoragePoint.RESTORE_KEEP,
          () -> {
            Files.deleteIfExists(staging.resolve("quorum.holder"));
            Files.move(staging, kept.get(), StandardCopyOption.ATOMIC_MOVE);
            Directories.sync(parent);
          });
    }
    step(
        StoragePoint.RESTORE_MARK,
        () -> {
          Files.deleteIfExists(target.resolve(UNDONE));
          Directories.sync(target);
        });
  }
}
