package dev.holdfast.registry.hive;

import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.hive.LogFormat.Current;
import dev.holdfast.registry.hive.RecordReader.Found;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * Makes a new snapshot of a hive, and a log without the batches that nobody needs any more: it
 * begins at the snapshot that was the newest, so that there are two to open the hive from.
 *
 * <pre>
 * step                                          crash here: the next opening finds
 * 1 write FILE.N.regf and FILE.N.digest, sync   FILE, which knows of neither; deletes both
 *   them, read them, compare with the tree
 * 2 write FILE.new: a header, and the batches   the same, and deletes FILE.new
 *   since the newest snapshot; sync it
 * 3 with no group under way: append the         the same
 *   batches committed since, sync, check
 * 4 rename FILE.new to FILE                     either; both hold all that was acknowledged
 * 5 sync the directory                          either
 * 6 go on with the new file                     the new file
 * 7 delete the snapshot before the last         the new file; deletes what is left
 * </pre>
 *
 * Between 4 and 6 nothing is acknowledged. A failure up to 3 leaves the hive as it was; one in 4 or
 * 5 makes it read-only, as nobody knows which file the name will lead to.
 */
final class Compaction {
  private static final System.Logger LOG = System.getLogger(Compaction.class.getName());
  private static final int COPY_BYTES = 256 << 10;

  /** What is left for the moment in which nothing is committed. */
  private static final int TAIL_BYTES = 256 << 10;

  /** Who commits faster than we copy waits a little longer then. */
  private static final int ROUNDS_MAX = 8;

  private final Storage storage;
  private final String file;
  private final String newFile;
  private final UUID hiveId;
  private final HiveSettings settings;
  private final GroupCommit commits;
  private final Pace pace;
  private final Snapshots snapshots;

  private Revision before;
  private Revision newest;

  /** Where the batches begin in the log that the newest snapshot does not have. */
  private long newestEnd;

  private long newestBytes;

  // Set and read inside exclusively(), which orders one use before the next.
  private Snapshot next = Snapshot.EMPTY;
  private long nextEnd;
  private boolean renamed;

  Compaction(
      Storage storage,
      String file,
      UUID hiveId,
      HiveSettings settings,
      GroupCommit commits,
      Revision before,
      Snapshots.Read newest,
      long newestEnd) {
    this.storage = storage;
    this.file = file;
    this.newFile = file + WholeFile.UNFINISHED;
    this.hiveId = hiveId;
    this.settings = settings;
    this.commits = commits;
    this.pace = new RestingPace(commits);
    this.snapshots = new Snapshots(storage, file, hiveId, pace);
    this.before = before;
    this.newest = newest.snapshot().revision();
    this.newestBytes = newest.bytes();
    this.newestEnd = newestEnd;
  }

  /** Where the batches begin in the log that the newest snapshot does not have. */
  long newestEnd() {
    return newestEnd;
  }

  /** What the newest snapshot takes on the disk. */
  long newestBytes() {
    return newestBytes;
  }

  /** Does it; returns false if the newest snapshot has everything. One at a time. */
  boolean run() throws IOException {
    renamed = false;
    commits.exclusively(this::takeNext);
    if (next.revision().equals(newest)) {
      next = Snapshot.EMPTY;
      return false;
    }
    try {
      long bytes = snapshots.write(next);
      StorageFile copy = storage.create(newFile);
      try {
        copyLog(copy);
      } catch (IOException | RuntimeException | Error e) {
        if (!renamed) {
          discard(copy, e);
        }
        throw e;
      }
      before = newest;
      newestEnd = LogFormat.HEADER_BYTES + nextEnd - newestEnd;
      newest = next.revision();
      newestBytes = bytes;
      tidy();
      return true;
    } catch (IOException | RuntimeException | Error e) {
      if (!renamed) {
        // A disk that is full is not to be kept full.
        tidy();
      }
      throw e;
    } finally {
      next = Snapshot.EMPTY;
    }
  }

  private void takeNext() throws IOException {
    requireWritable();
    next = commits.snapshot();
    nextEnd = commits.log().end();
  }

  private void copyLog(StorageFile copy) throws IOException {
    copy.write(0, LogFormat.encode(new Current(hiveId, newest, next.revision())));
    // Nobody else changes which file that is: compactions come one at a time.
    StorageFile log = commits.log().file();
    long copied = newestEnd;
    for (int round = 0; round < ROUNDS_MAX; round++) {
      long end = commits.logBytes();
      if (round > 0 && end - copied <= TAIL_BYTES) {
        break;
      }
      copyRecords(log, copied, end, copy, pace);
      copied = end;
    }
    copy.sync();
    long start = copied;
    commits.exclusively(() -> replace(copy, start));
  }

  private void replace(StorageFile copy, long copied) throws IOException {
    requireWritable();
    LogAppender old = commits.log();
    // All others wait here.
    copyRecords(old.file(), copied, old.end(), copy, Pace.FULL);
    copy.sync();
    long end = inCopy(old.end());
    var log = new LogAppender(copy, LogFormat.bytes(hiveId), end, settings.roomBytes());
    renamed = true;
    try {
      storage.rename(newFile, file);
      storage.syncDirectory();
    } catch (IOException | RuntimeException e) {
      commits.stop(
          "the hive %s is read-only since its rewritten file could not be put in place (%s); reading goes on; mend the disk and open the hive again"
              .formatted(settings.name(), e),
          e);
      throw e;
    }
    commits.swap(log);
    try {
      old.file().close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the hive's old log could not be closed; nothing depends on it", e);
    }
  }

  private long inCopy(long offset) {
    return LogFormat.HEADER_BYTES + offset - newestEnd;
  }

  /** The records as they are, as one does not depend on where it is; and read again. */
  private void copyRecords(StorageFile from, long start, long end, StorageFile to, Pace pace)
      throws IOException {
    if (start == end) {
      return;
    }
    var buffer = ByteBuffer.allocate((int) Math.min(COPY_BYTES, end - start));
    for (long at = start; at < end; at += buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      from.read(at, buffer);
      to.write(inCopy(at), buffer.flip());
      pace.step();
    }
    var records = new RecordReader(to, inCopy(end), LogFormat.bytes(hiveId));
    long at = inCopy(start);
    while (at < inCopy(end)) {
      if (!(records.at(at) instanceof Found.Whole whole)) {
        throw new IOException(
            "a record copied to %s is not whole, at offset %,d; the copy is not used"
                .formatted(storage.describe(newFile), at));
      }
      at = whole.next();
      pace.step();
    }
  }

  private void requireWritable() throws IOException {
    GroupCommit.Stopped stopped = commits.stopped();
    if (stopped != null) {
      throw new IOException("hive not compacted: " + stopped.reason(), stopped.cause());
    }
  }

  private void tidy() {
    try {
      snapshots.deleteAllBut(List.of(before, newest));
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "a snapshot of the hive %s that is not needed any more could not be deleted; the next opening does that"
              .formatted(settings.name()),
          e);
    }
  }

  private void discard(StorageFile copy, Throwable cause) {
    try (copy) {
      storage.delete(newFile);
    } catch (IOException e) {
      // The next opening deletes it, too.
      cause.addSuppressed(e);
    }
  }
}
