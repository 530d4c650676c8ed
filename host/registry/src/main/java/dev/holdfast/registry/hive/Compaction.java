package dev.holdfast.registry.hive;

import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.hive.RecordReader.Found;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Rewrites a hive's file as a checked copy of itself, and puts the copy in its place.
 *
 * <pre>
 * step                                        crash here: the next opening finds
 * 1 write the tree into FILE.new, sync it     FILE, and deletes FILE.new
 * 2 read FILE.new, compare it with the tree   the same
 * 3 with no group under way: append the       the same
 *   batches committed since, sync, check
 * 4 rename FILE.new to FILE                   either; both hold all that was acknowledged
 * 5 sync the directory                        either
 * 6 go on with the new file                   the new file
 * </pre>
 *
 * Between 4 and 6 nothing is acknowledged. A failure up to 3 leaves the hive as it was; one in 4 or
 * 5 makes it read-only, as nobody knows which file the name will lead to.
 */
final class Compaction {
  private static final System.Logger LOG = System.getLogger(Compaction.class.getName());
  private static final int COPY_BYTES = 1 << 20;

  private final Storage storage;
  private final String file;
  private final String newFile;
  private final UUID hiveId;
  private final HiveSettings settings;
  private final GroupCommit commits;

  // Set and read inside exclusively(), which orders one use before the next.
  private Snapshot base = Snapshot.EMPTY;
  private long baseEnd;
  private boolean renamed;

  Compaction(
      Storage storage,
      String file,
      String newFile,
      UUID hiveId,
      HiveSettings settings,
      GroupCommit commits) {
    this.storage = storage;
    this.file = file;
    this.newFile = newFile;
    this.hiveId = hiveId;
    this.settings = settings;
    this.commits = commits;
  }

  /** Does it; returns the bytes of the tree in the new file. One at a time. */
  long run() throws IOException {
    renamed = false;
    commits.exclusively(this::takeBase);
    StorageFile copy = storage.create(newFile);
    try {
      long treeEnd = TreeFile.write(copy, storage.describe(newFile), hiveId, base);
      commits.exclusively(() -> replace(copy, treeEnd));
      return treeEnd - LogFormat.HEADER_BYTES;
    } catch (IOException | RuntimeException | Error e) {
      if (!renamed) {
        discard(copy, e);
      }
      throw e;
    } finally {
      base = Snapshot.EMPTY;
    }
  }

  private void takeBase() throws IOException {
    requireWritable();
    base = commits.snapshot();
    baseEnd = commits.log().end();
  }

  private void replace(StorageFile copy, long treeEnd) throws IOException {
    requireWritable();
    LogAppender old = commits.log();
    long end = treeEnd + old.end() - baseEnd;
    copyRecords(old.file(), copy, treeEnd, end);
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
      LOG.log(Level.WARNING, "the hive's old file could not be closed; nothing depends on it", e);
    }
  }

  /** The batches since the base, as they are: a record does not depend on where it is. */
  private void copyRecords(StorageFile from, StorageFile to, long start, long end)
      throws IOException {
    if (start == end) {
      return;
    }
    var buffer = ByteBuffer.allocate((int) Math.min(COPY_BYTES, end - start));
    for (long at = start; at < end; at += buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      from.read(baseEnd + at - start, buffer);
      to.write(at, buffer.flip());
    }
    to.sync();
    var records = new RecordReader(to, end, LogFormat.bytes(hiveId));
    long at = start;
    while (at < end) {
      if (!(records.at(at) instanceof Found.Whole whole)) {
        throw new IOException(
            "a record copied to %s is not whole, at offset %,d; the copy is not used"
                .formatted(storage.describe(newFile), at));
      }
      at = whole.next();
    }
  }

  private void requireWritable() throws IOException {
    GroupCommit.Stopped stopped = commits.stopped();
    if (stopped != null) {
      throw new IOException("hive not compacted: " + stopped.reason(), stopped.cause());
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
