package dev.holdfast.registry.hive;

import dev.holdfast.registry.Applied;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.BatchCodec;
import dev.holdfast.registry.BatchRefusedException;
import dev.holdfast.registry.Commit;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.CommitFeed;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.HiveUnavailableException;
import dev.holdfast.registry.IndeterminateCommitException;
import dev.holdfast.registry.InvalidBatchException;
import dev.holdfast.registry.Origin;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.TreeCodec;
import dev.holdfast.registry.hive.LogFormat.Kind;
import dev.holdfast.registry.hive.Work.Submission;
import dev.holdfast.registry.hive.Work.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Turns many submitters into groups that share a sync.
 *
 * <p>Whoever finds nobody leading takes the lead: it takes what is in the queue, applies and writes
 * it, syncs once, shows the new snapshot, gives up the lead, and wakes those whose batches these
 * were and one of those who came meanwhile. So a single writer never waits for another thread, and
 * a hundred share the price of a sync. Batches submitted without waiting are led by a thread of the
 * hive's own, which also completes their futures: a caller of {@link #commit} never runs somebody
 * else's code.
 *
 * <p>Batches are checked against what the ones before them in the queue will have done; nothing of
 * it is shown, a refusal included, before it is durable.
 */
final class GroupCommit {
  /**
   * Bytes of batches that wait without a thread waiting for each; beyond it they are turned away.
   */
  static final long PENDING_BYTES_MAX = 256L << 20;

  /** Bytes after which a group takes no further batch. */
  private static final long GROUP_BYTES_MAX = 8L << 20;

  private static final int BATCHES_IN_GROUP_MAX = 4_096;
  private static final int PENDING_OVERHEAD_BYTES = 512;

  private final String hive;
  private final InstantSource clock;
  private final CommitFeed feed;
  private final Runnable afterGroup;
  private final Queue<Work> queue = new ConcurrentLinkedQueue<>();
  private final Queue<Submission> toComplete = new ConcurrentLinkedQueue<>();
  private final AtomicLong pendingBytes = new AtomicLong();
  private final AtomicBoolean led = new AtomicBoolean();
  private final Thread writer;

  private volatile Snapshot snapshot;
  private volatile @Nullable Stopped stopped;
  private volatile long logBytes;
  private final AtomicLong groups = new AtomicLong();
  private volatile boolean closed;
  private volatile boolean writerGone;
  private volatile CommitListener listener = CommitListener.NONE;

  // Only the one that leads touches these.
  private LogAppender log;
  private final List<Work> group = new ArrayList<>();
  private final List<Commit> commits = new ArrayList<>();

  /** Why no batch is taken any more. */
  record Stopped(String reason, @Nullable Throwable cause) {}

  GroupCommit(
      HiveSettings settings,
      Snapshot snapshot,
      CommitFeed feed,
      LogAppender log,
      Runnable afterGroup) {
    this.hive = settings.name();
    this.clock = settings.clock();
    this.snapshot = snapshot;
    this.feed = feed;
    this.log = log;
    this.logBytes = log.end();
    this.afterGroup = afterGroup;
    this.writer = Thread.ofPlatform().daemon().name("hive-writer-" + hive).unstarted(this::write);
  }

  void start() {
    writer.start();
  }

  /** Who hears of groups from now on. */
  void tell(CommitListener newListener) {
    listener = newListener;
  }

  Snapshot snapshot() {
    return snapshot;
  }

  @Nullable Stopped stopped() {
    return stopped;
  }

  long logBytes() {
    return logBytes;
  }

  long groups() {
    return groups.get();
  }

  /** From now on batches are turned away. The first reason is kept. */
  void stop(String reason, @Nullable Throwable cause) {
    if (stopped == null) {
      stopped = new Stopped(reason, cause);
    }
  }

  CompletableFuture<Revision> submit(Batch batch, Optional<Origin> origin) {
    Submission submission;
    try {
      submission =
          new Submission(batch, origin, BatchCodec.encode(batch), new CompletableFuture<>());
    } catch (InvalidBatchException e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Revision> future = Objects.requireNonNull(submission.future);
    long size = pendingBytes(submission);
    if (pendingBytes.addAndGet(size) > PENDING_BYTES_MAX) {
      pendingBytes.addAndGet(-size);
      return CompletableFuture.failedFuture(
          new HiveUnavailableException(
              "batch not committed: more than %,d bytes of batches wait for the disk of the hive %s (PENDING_BYTES_MAX); submit it again later"
                  .formatted(PENDING_BYTES_MAX, hive),
              null));
    }
    queue.add(submission);
    if (writerGone) {
      leadUntilDrained();
    } else if (!led.get()) {
      LockSupport.unpark(writer);
    }
    return future;
  }

  Revision commit(Batch batch, Optional<Origin> origin) throws CommitException {
    var submission = new Submission(batch, origin, BatchCodec.encode(batch), null);
    await(submission);
    if (submission.failure != null) {
      // Made by whoever led; the caller wants to see where it called from.
      submission.failure.fillInStackTrace();
      throw submission.failure;
    }
    return Objects.requireNonNull(submission.revision);
  }

  /** Does something to the log while no group is under way; {@link #swap} may be part of it. */
  void exclusively(Work.Action action) throws IOException {
    var task = new Task(action);
    await(task);
    if (task.failure != null) {
      throw task.failure;
    }
  }

  /** The log; only inside {@link #exclusively}. */
  LogAppender log() {
    return log;
  }

  /** Goes on with another log; only inside {@link #exclusively}. */
  void swap(LogAppender other) {
    log = other;
    logBytes = other.end();
  }

  /** Turns new batches away, commits the waiting ones, does the last action, ends the thread. */
  void close(Work.Action last) throws IOException {
    try {
      exclusively(
          () -> {
            stop("the hive %s was closed".formatted(hive), null);
            closed = true;
            last.run();
          });
    } finally {
      LockSupport.unpark(writer);
    }
  }

  private void await(Work work) {
    queue.add(work);
    letOthersComeFirst();
    boolean interrupted = false;
    while (!work.done) {
      if (led.compareAndSet(false, true)) {
        leadOnce();
      } else {
        LockSupport.park(this);
        // Whether the batch is durable must be known, so an interruption waits its turn.
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Of virtual threads that do the same, such as a thousand checkpoints that are saved, those that
   * are ready to run may have a batch for the same sync a moment later. They are taken in turn, so
   * none is put off for longer than it takes each of them to get as far as this one. Nothing but
   * the number of syncs depends on it.
   */
  @SuppressWarnings("ThreadPriorityCheck")
  private static void letOthersComeFirst() {
    if (Thread.currentThread().isVirtual()) {
      Thread.yield();
    }
  }

  private void write() {
    while (true) {
      completeFutures();
      if (!queue.isEmpty() && led.compareAndSet(false, true)) {
        leadOnce();
      } else if (closed && queue.isEmpty() && toComplete.isEmpty()) {
        writerGone = true;
        leadUntilDrained();
        return;
      } else if (toComplete.isEmpty()) {
        LockSupport.park(this);
      }
    }
  }

  private void leadUntilDrained() {
    while (!queue.isEmpty() || !toComplete.isEmpty()) {
      if (led.compareAndSet(false, true)) {
        leadOnce();
      } else {
        Thread.onSpinWait();
      }
      completeFutures();
    }
  }

  private void completeFutures() {
    for (Submission s = toComplete.poll(); s != null; s = toComplete.poll()) {
      CompletableFuture<Revision> future = Objects.requireNonNull(s.future);
      if (s.failure != null) {
        future.completeExceptionally(s.failure);
      } else {
        future.complete(s.revision);
      }
    }
  }

  /** Having the lead: commits a group, gives up the lead, and wakes whom it concerns. */
  private void leadOnce() {
    List<Work> finished;
    try {
      takeGroup();
      finished = List.copyOf(group);
    } finally {
      group.clear();
      commits.clear();
      led.set(false);
    }
    boolean futures = false;
    for (Work work : finished) {
      work.done = true;
      if (work instanceof Submission submission && submission.future != null) {
        pendingBytes.addAndGet(-pendingBytes(submission));
        toComplete.add(submission);
        futures = true;
      } else {
        LockSupport.unpark(work.waiter);
      }
    }
    // Whoever came while this one led found the lead taken: wake the first to take it.
    Work next = queue.peek();
    if (next != null && next.waiter != null) {
      LockSupport.unpark(next.waiter);
    }
    if (futures || closed || (next != null && next.waiter == null)) {
      wakeWriter();
    }
    // Without the lead: a watcher may run right here, and commit.
    feed.wake();
    afterGroup.run();
  }

  private static long pendingBytes(Submission submission) {
    return (long) submission.payload.length + PENDING_OVERHEAD_BYTES;
  }

  private void wakeWriter() {
    if (writerGone) {
      completeFutures();
    } else {
      LockSupport.unpark(writer);
    }
  }

  private void takeGroup() {
    Work first = queue.peek();
    if (first instanceof Task task) {
      queue.poll();
      group.add(task);
      runTask(task);
      return;
    }
    Snapshot head = snapshot;
    boolean syncing = false;
    try {
      head = applyQueue(head);
      if (commits.isEmpty()) {
        return;
      }
      log.write();
      syncing = true;
      long syncStart = System.nanoTime();
      log.sync();
      listener.synced(System.nanoTime() - syncStart);
      logBytes = log.end();
      groups.incrementAndGet();
    } catch (IOException | RuntimeException | Error e) {
      fail(e, syncing);
      return;
    }
    snapshot = head;
    tellCommitted();
    feed.append(commits, head);
  }

  private void tellCommitted() {
    long now = System.nanoTime();
    for (Work work : group) {
      if (work instanceof Submission submission && submission.failure == null) {
        listener.committed(now - submission.submittedNanos);
      }
    }
  }

  private void runTask(Task task) {
    try {
      task.action.run();
    } catch (IOException e) {
      task.failure = e;
    } catch (RuntimeException | Error e) {
      task.failure = new IOException("a mistake of our own in the hive " + hive, e);
    }
  }

  private Snapshot applyQueue(Snapshot start) throws IOException {
    Snapshot head = start;
    Filetime time = Filetime.of(clock.instant());
    while (queue.peek() instanceof Submission submission
        && group.size() < BATCHES_IN_GROUP_MAX
        && log.groupBytes() < GROUP_BYTES_MAX) {
      queue.poll();
      group.add(submission);
      Stopped reason = stopped;
      if (reason != null) {
        submission.failure = unavailable(reason);
        continue;
      }
      try {
        Applied applied = head.applied(submission.batch, time);
        Snapshot next = applied.snapshot();
        byte[] payload = payload(submission, applied);
        BatchCodec.setTime(payload, time);
        addContents(applied);
        log.add(Kind.BATCH, next.revision().number(), ByteBuffer.wrap(payload));
        submission.revision = next.revision();
        commits.add(
            new Commit(
                next.revision(), submission.batch, time, submission.origin, applied.effects()));
        head = next;
      } catch (BatchRefusedException e) {
        submission.failure = e;
      }
    }
    return head;
  }

  private void addContents(Applied applied) throws IOException {
    if (applied.contents().isPresent()) {
      long revision = applied.snapshot().revision().number();
      TreeCodec.write(applied.contents().get(), piece -> log.add(Kind.PART, revision, piece));
    }
  }

  private static byte[] payload(Submission submission, Applied applied)
      throws InvalidBatchException {
    Optional<Batch> part = applied.durablePart();
    return part.isEmpty() ? submission.payload : BatchCodec.encode(part.get());
  }

  /** The group cannot be made durable: the hive takes no more batches, and nothing is claimed. */
  private void fail(Throwable cause, boolean duringSync) {
    String what =
        "the hive %s is read-only since its log could not be %s (%s); reading goes on; mend the disk and open the hive again"
            .formatted(hive, duringSync ? "synced" : "written", cause);
    stop(what, cause);
    boolean gone = false;
    try {
      log.takeBack();
      // After a failed sync nobody knows what the disk has, whatever the next sync says.
      gone = !duringSync;
    } catch (IOException | RuntimeException e) {
      cause.addSuppressed(e);
    }
    for (Work work : group) {
      // What was refused in this group may have been refused for what now did not happen.
      if (work instanceof Submission submission) {
        boolean written = submission.failure == null;
        submission.revision = null;
        submission.failure =
            written && !gone
                ? new IndeterminateCommitException(
                    "nobody knows whether the batch is committed: " + what, cause)
                : new HiveUnavailableException("batch not committed: " + what, cause);
      }
    }
  }

  private static HiveUnavailableException unavailable(Stopped reason) {
    return new HiveUnavailableException("batch not committed: " + reason.reason(), reason.cause());
  }
}
