package dev.holdfast.registry.hive;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.Origin;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watch;
import dev.holdfast.registry.Watcher;
import dev.holdfast.registry.hive.LogFormat.Current;
import dev.holdfast.registry.hive.LogFormat.Kind;
import dev.holdfast.registry.hive.LogReplay.Replayed;
import dev.holdfast.registry.hive.Snapshots.Newest;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A tree of keys that outlives the process: a log ({@link LogFormat}) whose name is the hive's, and
 * snapshots beside it ({@link Snapshots}).
 *
 * <p>Thread-safe. A batch is acknowledged when it is on the disk, and only then do snapshots and
 * watchers show it. When the disk fails the hive turns read-only rather than guess: it goes on
 * showing what was acknowledged, and takes batches again once it is opened anew.
 *
 * <p>Nobody else may have the file open: whoever opens a hive holds a lock that says so.
 */
public final class Hive implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Hive.class.getName());
  private final Storage storage;
  private final String file;
  private final HiveSettings settings;
  private final Replayed opened;
  private final OpeningReport report;
  private final GroupCommit commits;
  private final Compaction compaction;
  private final AtomicBoolean compacting = new AtomicBoolean();
  private final AtomicLong compactions = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile long compactAt;

  private Hive(
      Storage storage,
      String file,
      HiveSettings settings,
      Newest newest,
      Replayed opened,
      LogAppender log) {
    this.storage = storage;
    this.file = file;
    this.settings = settings;
    this.opened = opened;
    this.report = reportOf(opened, newest.refused());
    this.commits =
        new GroupCommit(settings, opened.snapshot(), opened.feed(), log, this::afterGroup);
    this.compaction =
        new Compaction(
            storage,
            file,
            opened.header().hiveId(),
            settings,
            commits,
            opened.header().base(),
            newest.read(),
            opened.from());
    // Of two snapshots one is worth nothing: make another one soon.
    this.compactAt = newest.refused() != null ? 0 : nextCompaction();
  }

  /**
   * Creates an empty hive; when it returns, the hive is on the disk.
   *
   * @throws FileAlreadyExistsException if there is a file of that name
   */
  public static Hive create(Storage storage, String file, HiveSettings settings)
      throws IOException {
    if (storage.exists(file)) {
      throw new FileAlreadyExistsException(
          storage.describe(file), null, "hive not created: there is a file of that name");
    }
    UUID hiveId = settings.ids().get();
    new Snapshots(storage, file, hiveId).deleteAllBut(List.of());
    WholeFile.write(
        storage, file, LogFormat.encode(new Current(hiveId, Revision.ZERO, Revision.ZERO)));
    return open(storage, file, settings);
  }

  /**
   * Opens a hive: reads its newest snapshot, applies the batches since, cuts off a torn tail. A
   * snapshot that is not what was written is not used: the one before and the log have what was in
   * it. A log of an older version is rewritten first.
   *
   * @throws NoSuchFileException if there is no such file
   * @throws DamagedHiveException if the log is not what was written, or no snapshot is; all files
   *     are left as they are
   * @throws UnsupportedHiveException if a newer program wrote it
   */
  public static Hive open(Storage storage, String file, HiveSettings settings) throws IOException {
    if (!storage.exists(file)) {
      throw new NoSuchFileException(
          storage.describe(file), null, "hive not opened: there is no such file");
    }
    Upgrade.ifOlder(storage, file, settings);
    StorageFile log = storage.open(file);
    try {
      String name = storage.describe(file);
      Current header = LogReplay.header(log, name);
      var snapshots = new Snapshots(storage, file, header.hiveId());
      Newest newest = snapshots.newestGood(header);
      Replayed opened = LogReplay.replay(log, name, header, newest.read().snapshot());
      if (opened.contentEnd() > opened.end()) {
        log.truncate(opened.end());
        log.sync();
      }
      // Of a compaction that did not come to its end, or to the end of its tidying up.
      if (storage.exists(file + WholeFile.UNFINISHED)) {
        storage.delete(file + WholeFile.UNFINISHED);
      }
      snapshots.deleteAllBut(List.of(header.base(), header.newest()));
      var appender =
          new LogAppender(
              log, LogFormat.bytes(opened.header().hiveId()), opened.end(), settings.roomBytes());
      var hive = new Hive(storage, file, settings, newest, opened, appender);
      hive.start(appender);
      return hive;
    } catch (IOException | RuntimeException | Error e) {
      try {
        log.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  private void start(LogAppender log) {
    Level level =
        report.cutBytes() > 0 || report.refusedSnapshot().isPresent() ? Level.WARNING : Level.DEBUG;
    LOG.log(level, () -> "hive " + settings.name() + ": " + report.remark());
    if (!opened.marked() && opened.batches() > 0) {
      try {
        mark(log);
      } catch (IOException e) {
        commits.stop(
            "the hive %s is read-only since its log could not be written when it was opened (%s); mend the disk and open the hive again"
                .formatted(settings.name(), e),
            e);
      }
    }
    commits.start();
    afterGroup();
  }

  private void mark(LogAppender log) throws IOException {
    log.add(Kind.MARK, commits.snapshot().revision().number(), ByteBuffer.allocate(0));
    log.write();
    log.sync();
  }

  private OpeningReport reportOf(Replayed replayed, @Nullable DamagedHiveException refused) {
    long cut = replayed.contentEnd() - replayed.end();
    String remark =
        "opened %s at revision %s, %,d batches replayed"
            .formatted(storage.describe(file), replayed.snapshot().revision(), replayed.batches());
    if (cut > 0) {
      remark +=
          "; cut %,d bytes of an unfinished write off its end, from offset %,d (%s)"
              .formatted(cut, replayed.end(), replayed.torn());
    }
    Optional<String> refusal =
        Optional.ofNullable(refused)
            .map(
                it ->
                    "%s is not what was written and was not used (%s); the snapshot of revision %s and the log have all that was in it"
                        .formatted(it.file(), it.what(), replayed.header().base()));
    if (refusal.isPresent()) {
      remark += "; " + refusal.get();
    }
    boolean clean = cut == 0 && (replayed.marked() || replayed.batches() == 0);
    return new OpeningReport(
        replayed.snapshot().revision(),
        replayed.batches(),
        clean,
        replayed.end(),
        cut,
        refusal,
        remark);
  }

  /** What opening it found. */
  public OpeningReport report() {
    return report;
  }

  /** What tells it from every other hive: random, made with it, kept for good. */
  public UUID id() {
    return opened.header().hiveId();
  }

  /** The state after the last acknowledged batch. Costs nothing, also after {@link #close}. */
  public Snapshot snapshot() {
    return commits.snapshot();
  }

  /**
   * Submits a batch and returns at once.
   *
   * @return completed with its revision once it is on the disk, or with a {@link CommitException};
   *     on a thread of the hive, which what depends on it should not keep
   */
  public CompletableFuture<Revision> submit(Batch batch) {
    return commits.submit(batch, Optional.empty());
  }

  /** As {@link #submit(Batch)}, and those who watch are told who made it. */
  public CompletableFuture<Revision> submit(Batch batch, Origin origin) {
    return commits.submit(batch, Optional.of(origin));
  }

  /** Commits a batch: returns once it is on the disk. Does not react to an interruption. */
  public Revision commit(Batch batch) throws CommitException {
    return commits.commit(batch, Optional.empty());
  }

  /** As {@link #commit(Batch)}, and those who watch are told who made it. */
  public Revision commit(Batch batch, Origin origin) throws CommitException {
    return commits.commit(batch, Optional.of(origin));
  }

  /** Tells the watcher of every commit after that revision; see {@link Watcher}. */
  public Watch watch(Revision after, Executor executor, Watcher watcher) {
    return opened.feed().subscribe(after, executor, watcher);
  }

  /** Has somebody hear how long commits take, from now on. One at a time. */
  public void tellCommits(CommitListener listener) {
    commits.tell(listener);
  }

  public HiveStatus status() {
    GroupCommit.Stopped stopped = commits.stopped();
    return new HiveStatus(
        snapshot().revision(),
        commits.logBytes(),
        commits.groups(),
        compactions.get(),
        stopped == null ? Optional.empty() : Optional.of(stopped.reason()));
  }

  /**
   * Makes a snapshot of the tree as it is, and a log that has no more batches than lead to it from
   * the snapshot before. Both are read back and compared before they count; batches are committed
   * meanwhile, but for the moment at the end. If it fails the hive goes on with the files it has,
   * or is read-only if that cannot be told. Does nothing if nothing was committed since the newest
   * snapshot. Waits if a compaction is under way.
   */
  public void compact() throws IOException {
    synchronized (compaction) {
      if (compaction.run()) {
        compactions.incrementAndGet();
      }
      compactAt = nextCompaction();
    }
  }

  private long nextCompaction() {
    return compaction.newestEnd()
        + Math.max(settings.compactAtBytes(), 2 * compaction.newestBytes());
  }

  private void afterGroup() {
    if (commits.logBytes() > compactAt && !closed.get() && compacting.compareAndSet(false, true)) {
      Thread.ofPlatform()
          .daemon()
          .name("hive-compaction-" + settings.name())
          .start(this::compactInBackground);
    }
  }

  private void compactInBackground() {
    try {
      compact();
    } catch (IOException e) {
      if (closed.get()) {
        return;
      }
      // Not before the log has doubled: a full disk is not helped by trying at each batch.
      compactAt = 2 * commits.logBytes();
      LOG.log(
          Level.WARNING,
          "the hive %s was not compacted and goes on as it is".formatted(settings.name()),
          e);
    } finally {
      compacting.set(false);
    }
  }

  /** Deletes a hive that nobody has open: its log first, so that no part of it is ever opened. */
  public static void delete(Storage storage, String file) throws IOException {
    for (String name : Snapshots.filesOf(storage, file)) {
      storage.delete(name);
    }
    storage.syncDirectory();
  }

  /** Whether {@link #close} was called. */
  public boolean isClosed() {
    return closed.get();
  }

  /**
   * Commits what was submitted, writes down that the hive was closed in good order, and lets go of
   * the file. Harmless when repeated.
   */
  @Override
  public void close() {
    // Also who comes second returns only when the file is let go of.
    synchronized (compaction) {
      if (!closed.compareAndSet(false, true)) {
        return;
      }
      boolean writable = commits.stopped() == null;
      try {
        commits.close(() -> finish(commits.log(), writable));
      } catch (IOException e) {
        // All that was acknowledged is on the disk; the next opening does what this one could not.
        LOG.log(
            Level.WARNING,
            "the hive %s was not closed in good order".formatted(settings.name()),
            e);
      }
    }
  }

  private void finish(LogAppender log, boolean writable) throws IOException {
    try (StorageFile closing = log.file()) {
      if (writable) {
        mark(log);
        closing.truncate(log.end());
        closing.sync();
      }
    }
  }
}
