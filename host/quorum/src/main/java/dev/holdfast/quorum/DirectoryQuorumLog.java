package dev.holdfast.quorum;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.HiveUnavailableException;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watch;
import dev.holdfast.registry.Watcher;
import dev.holdfast.registry.hive.CommitListener;
import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.Hive;
import dev.holdfast.registry.hive.HiveSettings;
import dev.holdfast.registry.hive.HiveStatus;
import dev.holdfast.registry.hive.OpeningReport;
import dev.holdfast.registry.hive.Storage;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A quorum log in a directory: the hive's own log, used by the one process that holds the
 * directory's lock. This is the default on one node, and what MSCS's quorum device was when two
 * homes on one machine share a directory: the second waits for the lock and takes over.
 */
public final class DirectoryQuorumLog implements QuorumLog {
  private static final System.Logger LOG = System.getLogger(DirectoryQuorumLog.class.getName());

  /** How often a waiting opening looks whether the lock is free. */
  private static final Duration LOCK_RETRY = Duration.ofMillis(50);

  private final QuorumDirectory directory;
  private final QuorumLock lock;
  private final Hive hive;

  private DirectoryQuorumLog(QuorumDirectory directory, QuorumLock lock, Hive hive) {
    this.directory = directory;
    this.lock = lock;
    this.hive = hive;
  }

  /**
   * Opens the directory, and makes it first if it is not there.
   *
   * @param holder who we are, for those who find the directory held
   * @param clock says when a batch is committed
   * @throws QuorumHeldException if another process (or this one) holds it; names the holder
   * @throws QuorumFormatException if it is of a format we do not know, or parts of it are missing
   * @throws IOException also when its log is damaged; then everything is left as it is
   */
  public static DirectoryQuorumLog tryOpen(Path path, Holder holder, InstantSource clock)
      throws IOException {
    return tryOpen(path, holder, clock, UnaryOperator.identity());
  }

  /**
   * As {@link #tryOpen}, but makes none where none is.
   *
   * @throws QuorumFormatException also if there is no quorum directory
   */
  public static DirectoryQuorumLog tryOpenExisting(Path path, Holder holder, InstantSource clock)
      throws IOException {
    requireOne(path);
    return tryOpen(path, holder, clock);
  }

  /**
   * Takes the directory's lock and opens nothing: until the answer is closed no service uses it.
   *
   * @param path a directory that exists
   * @throws QuorumHeldException if another process (or this one) holds it; names the holder
   */
  public static QuorumLock hold(Path path, Holder holder) throws IOException {
    Optional<QuorumLock> lock = QuorumLock.tryTake(path, holder);
    if (lock.isEmpty()) {
      throw new QuorumHeldException(path, QuorumLock.readHolder(path));
    }
    return lock.get();
  }

  private static void requireOne(Path path) throws IOException {
    var directory = new QuorumDirectory(path);
    if (!directory.hasFormat() && !directory.hasLog()) {
      throw new QuorumFormatException("there is no quorum directory at %s".formatted(path));
    }
  }

  /**
   * The same through something that stands between the log and its directory.
   *
   * @param through the identity for nothing there
   */
  public static DirectoryQuorumLog tryOpen(
      Path path, Holder holder, InstantSource clock, UnaryOperator<Storage> through)
      throws IOException {
    var directory = new QuorumDirectory(path);
    directory.create();
    Optional<QuorumLock> lock = QuorumLock.tryTake(path, holder);
    if (lock.isEmpty()) {
      throw new QuorumHeldException(path, QuorumLock.readHolder(path));
    }
    try {
      return new DirectoryQuorumLog(directory, lock.get(), openHive(directory, clock, through));
    } catch (IOException | RuntimeException | Error e) {
      try {
        lock.get().close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  /**
   * As {@link #tryOpen}, but waits while another process holds the directory, for as long as it
   * takes.
   *
   * @param waiting told who holds it: when the waiting begins, and whenever that changes; empty
   *     when it is not known
   * @param through stands between the log and its directory; the identity for nothing there
   * @throws InterruptedException if the thread is interrupted while it waits; nothing is held then
   */
  public static DirectoryQuorumLog open(
      Path path,
      Holder holder,
      InstantSource clock,
      Consumer<Optional<Holder>> waiting,
      UnaryOperator<Storage> through)
      throws IOException, InterruptedException {
    Optional<Optional<Holder>> told = Optional.empty();
    var never = new CountDownLatch(1);
    while (true) {
      try {
        return tryOpen(path, holder, clock, through);
      } catch (QuorumHeldException e) {
        if (!told.equals(Optional.of(e.holder()))) {
          told = Optional.of(e.holder());
          waiting.accept(e.holder());
        }
      }
      if (never.await(LOCK_RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("a latch that nobody counts down was counted down");
      }
    }
  }

  private static Hive openHive(
      QuorumDirectory directory, InstantSource clock, UnaryOperator<Storage> through)
      throws IOException {
    boolean complete = directory.hasFormat();
    if (complete && !directory.hasLog()) {
      throw new QuorumFormatException(
          "quorum directory %s not opened: it has no %s although it had one; restore it from a copy"
              .formatted(directory.path(), QuorumDirectory.LOG_FILE));
    }
    directory.createParts();
    Storage storage = through.apply(new DirectoryStorage(directory.path()));
    HiveSettings settings = HiveSettings.named("cluster", clock);
    Hive hive =
        directory.hasLog()
            ? Hive.open(storage, QuorumDirectory.LOG_FILE, settings)
            : Hive.create(storage, QuorumDirectory.LOG_FILE, settings);
    if (!complete) {
      try {
        completeNew(directory, storage, hive);
      } catch (IOException | RuntimeException e) {
        hive.close();
        throw e;
      }
    }
    return hive;
  }

  private static void completeNew(QuorumDirectory directory, Storage storage, Hive hive)
      throws IOException {
    if (hive.snapshot().revision().isAfter(Revision.ZERO)) {
      throw new QuorumFormatException(
          "quorum directory %s not opened: its log has %s commits but there is no file \"%s\" that says how to read them; restore it (\"%s\" if this version wrote it)"
              .formatted(
                  directory.path(),
                  hive.snapshot().revision(),
                  QuorumDirectory.FORMAT_FILE,
                  QuorumDirectory.FORMAT));
    }
    directory.writeFormat(storage);
  }

  /** What opening the log found; a torn tail that was cut is told here. */
  public OpeningReport report() {
    return hive.report();
  }

  /** Has somebody hear how long commits take, from now on. One at a time. */
  public void tellCommits(CommitListener listener) {
    hive.tellCommits(listener);
  }

  public HiveStatus status() {
    return hive.status();
  }

  /** What tells this cluster database from every other one; kept by backup and restore. */
  public UUID id() {
    return hive.id();
  }

  /** The quorum directory. */
  public Path directory() {
    return directory.path();
  }

  /** Where plugin archives are kept. */
  public Path plugins() {
    return directory.plugins();
  }

  /**
   * The blobs that are kept beside the log.
   *
   * @param through stands between them and their directory; the identity for nothing there
   */
  public Blobs blobs(UnaryOperator<Storage> through) {
    return new Blobs(through.apply(new DirectoryStorage(directory.blobs())), directory.blobs());
  }

  @Override
  public CompletableFuture<Revision> submit(Batch batch) {
    return hive.submit(batch);
  }

  @Override
  public Revision commit(Batch batch) throws CommitException {
    return hive.commit(batch);
  }

  @Override
  public Snapshot snapshot() {
    return hive.snapshot();
  }

  /**
   * All that is acknowledged is in the snapshot, and while we hold the lock nobody else
   * acknowledges anything: there is nothing to wait for.
   */
  @Override
  public CompletableFuture<Snapshot> barrier() {
    return hive.isClosed()
        ? CompletableFuture.failedFuture(
            new HiveUnavailableException("cannot read: the quorum log was closed", null))
        : CompletableFuture.completedFuture(hive.snapshot());
  }

  @Override
  public Watch watch(Revision after, Executor executor, Watcher watcher) {
    return hive.watch(after, executor, watcher);
  }

  @Override
  public Optional<String> readOnlyReason() {
    return hive.status().readOnlyReason();
  }

  @Override
  public void close() {
    hive.close();
    try {
      lock.close();
    } catch (IOException e) {
      // The lock itself goes with the channel or, at the latest, with the process.
      LOG.log(
          Level.WARNING, "the lock of " + directory.path() + " was not given up in good order", e);
    }
  }
}
