package dev.holdfast.service;

import dev.holdfast.backup.Backup;
import dev.holdfast.backup.QuorumFacts;
import dev.holdfast.backup.QuorumKeys;
import dev.holdfast.quorum.Blobs;
import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.registry.CommitException;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.BackupReport;
import dev.holdfast.service.api.QuorumStream;
import dev.holdfast.service.api.QuorumView;
import dev.holdfast.service.event.EventId;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.metric.Metric;
import dev.holdfast.service.record.ClusterRecords;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** Answers what is asked of the quorum directory, and gives backups of it. Thread-safe. */
final class QuorumDesk {
  private final DirectoryQuorumLog log;
  private final Blobs blobs;
  private final ClusterRecords records;
  private final EventLog events;
  private final Self self;
  private final InstantSource clock;
  private final Counter good;
  private final Counter failed;
  private final Semaphore free = new Semaphore(1);

  /** Somebody has said what became of the backup that is being taken. */
  private final AtomicBoolean reported = new AtomicBoolean();

  /** Who holds the directory. */
  record Self(String node, long pid, Path home) {}

  /**
   * @param blobs as the checkpoints use them: what they let go of is kept during a backup
   */
  QuorumDesk(
      DirectoryQuorumLog log,
      Blobs blobs,
      ClusterRecords records,
      EventLog events,
      MeterRegistry meters,
      Self self,
      InstantSource clock) {
    this.log = log;
    this.blobs = blobs;
    this.records = records;
    this.events = events;
    this.self = self;
    this.clock = clock;
    good = Metric.QUORUM_BACKUPS.counter(meters, "good");
    failed = Metric.QUORUM_BACKUPS.counter(meters, "failed");
    Metric.QUORUM_BACKUP_TIME.gauge(
        meters, () -> records.lastBackup().map(last -> seconds(last.at())).orElse(0.0));
  }

  private static double seconds(Instant at) {
    return at.toEpochMilli() / 1e3;
  }

  // ---- what there is -------------------------------------------------------------------------

  QuorumView view() {
    Path directory = log.directory();
    try {
      QuorumFacts facts = QuorumFacts.of(directory);
      return new QuorumView(
          directory.toAbsolutePath().toString(),
          log.id().toString(),
          self.node(),
          self.pid(),
          self.home().toString(),
          log.snapshot().revision().number(),
          facts.databaseBytes(),
          facts.blobs(),
          facts.blobBytes(),
          facts.plugins(),
          facts.pluginBytes(),
          facts.freeBytes(),
          records
              .lastBackup()
              .map(last -> new QuorumView.Backup(last.at(), last.revision(), last.file()))
              .orElse(null),
          records
              .restored()
              .map(
                  restored ->
                      new QuorumView.Restored(
                          restored.at(), restored.from(), restored.takenAt(), restored.revision()))
              .orElse(null));
    } catch (IOException e) {
      throw new ApiException.Failed(
          "Unreadable",
          null,
          "The quorum directory %s cannot be looked at: %s.".formatted(directory, e.getMessage()),
          e);
    }
  }

  // ---- backups -------------------------------------------------------------------------------

  QuorumStream backUp() {
    if (!free.tryAcquire()) {
      throw new ApiException.Conflict(
          "BackupUnderWay",
          null,
          "A backup of the quorum is being taken; try again when it has ended.");
    }
    reported.set(false);
    try {
      return new Taken(Backup.of(log, blobs, self.node(), clock.instant()));
    } catch (IOException | RuntimeException e) {
      free.release();
      failed(String.valueOf(e.getMessage()));
      throw new ApiException.Failed(
          "BackupFailed", null, "The quorum was not backed up: " + e.getMessage() + ".", e);
    }
  }

  /** What was told by the one who has the file. */
  void ended(BackupReport report) {
    if (report.failure() != null) {
      if (reported.compareAndSet(false, true)) {
        failed(report.failure());
      }
      return;
    }
    Long revision = report.revision();
    Instant takenAt = report.takenAt();
    String file = report.file();
    if (revision == null || takenAt == null || file == null) {
      throw new ApiException.Usage(
          "MissingField", "A good backup has revision, takenAt and file; a failed one failure.");
    }
    good.increment();
    try {
      records.backedUp(new QuorumKeys.LastBackup(takenAt, revision, file));
    } catch (CommitException e) {
      throw new ApiException.Failed(
          "NotWritten",
          null,
          "The backup is good; that it was made could not be written down: " + e.getMessage() + ".",
          e);
    }
    events.append(EventId.QUORUM_BACKED_UP.of(revision, file, String.valueOf(report.content())));
  }

  private void failed(String why) {
    failed.increment();
    events.append(EventId.QUORUM_NOT_BACKED_UP.of(why));
  }

  private final class Taken implements QuorumStream {
    private final Backup backup;
    private final AtomicBoolean closed = new AtomicBoolean();

    Taken(Backup backup) {
      this.backup = backup;
    }

    @Override
    public long sizeBytes() {
      return backup.sizeBytes();
    }

    @Override
    public long revision() {
      return backup.manifest().revision();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      long[] written = new long[1];
      try {
        backup.writeTo(out, (done, _) -> written[0] = done);
      } catch (IOException e) {
        if (reported.compareAndSet(false, true)) {
          failed(
              "it broke off after %,d of %,d bytes (%s)"
                  .formatted(written[0], backup.sizeBytes(), e.getMessage()));
        }
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      if (closed.compareAndSet(false, true)) {
        try (backup) {
          free.release();
        }
      }
    }
  }
}
