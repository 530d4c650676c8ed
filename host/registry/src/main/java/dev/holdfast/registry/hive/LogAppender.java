package dev.holdfast.registry.hive;

import dev.holdfast.registry.hive.LogFormat.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Appends groups of records to a hive's file. A group is added record by record, then synced, or
 * taken back. Used by one thread at a time.
 *
 * <p>The file is made longer in large steps, with zeros: a sync that need not write a new size is
 * several times faster, and a full disk shows before a record is begun.
 */
final class LogAppender {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int PAGE_BYTES = 4_096;

  private final StorageFile file;
  private final byte[] hiveId;
  private final int roomBytes;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  // [0, end) is synced; [end, written) is in the file; [written, next) is in the buffer.
  private long end;
  private long written;
  private long allocated;

  /**
   * Goes on at that offset of a file that has nothing but zeros from there on.
   *
   * @param roomBytes how much room to make in advance each time
   */
  LogAppender(StorageFile file, byte[] hiveId, long end, int roomBytes) throws IOException {
    this.file = file;
    this.hiveId = hiveId.clone();
    this.roomBytes = roomBytes;
    this.end = end;
    this.written = end;
    this.allocated = Math.max(end, file.size());
  }

  StorageFile file() {
    return file;
  }

  /** Where the synced records end. */
  long end() {
    return end;
  }

  /** Bytes in the group so far. */
  long groupBytes() {
    return written + buffer.position() - end;
  }

  void add(Kind kind, long revision, ByteBuffer payload) throws IOException {
    long size = LogFormat.recordBytes(payload.remaining());
    if (size > buffer.remaining()) {
      writeOut(buffer.flip());
      buffer.clear();
    }
    if (size > buffer.capacity()) {
      var large = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
      LogFormat.put(large, hiveId, kind, revision, written - end, payload);
      writeOut(large.flip());
    } else {
      LogFormat.put(buffer, hiveId, kind, revision, groupBytes(), payload);
    }
  }

  /** Writes what is left of the group; after this {@link #sync} remains. */
  void write() throws IOException {
    writeOut(buffer.flip());
    buffer.clear();
  }

  /** Returns when the group is on the disk. */
  void sync() throws IOException {
    file.sync();
    end = written;
  }

  /**
   * Cuts off whatever there is of the group, and the room made in advance. When it returns, none of
   * the group can ever be found.
   */
  void takeBack() throws IOException {
    buffer.clear();
    file.truncate(end);
    written = end;
    allocated = end;
    file.sync();
  }

  private void writeOut(ByteBuffer records) throws IOException {
    if (!records.hasRemaining()) {
      return;
    }
    long after = written + records.remaining();
    if (after > allocated) {
      makeRoom(after);
    }
    file.write(written, records);
    written = after;
  }

  private void makeRoom(long after) throws IOException {
    long newSize = (after + roomBytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    var zeros = ByteBuffer.allocate((int) Math.min(newSize - after, BUFFER_BYTES));
    for (long at = after; at < newSize; at += zeros.capacity()) {
      file.write(at, zeros.clear().limit((int) Math.min(zeros.capacity(), newSize - at)));
    }
    allocated = newSize;
  }
}
