package dev.holdfast.registry.hive;

import dev.holdfast.registry.hive.LogFormat.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Finds records in a hive's file. Not thread-safe. */
final class RecordReader {
  private static final int WINDOW_BYTES = 1 << 20;

  private final StorageFile file;
  private final long limit;
  private final byte[] hiveId;
  private ByteBuffer window = empty(0);
  private long windowStart;

  /** Reads up to that offset of the file. */
  RecordReader(StorageFile file, long limit, byte[] hiveId) {
    this.file = file;
    this.limit = limit;
    this.hiveId = hiveId;
  }

  /** What is at an offset. */
  sealed interface Found {
    /** A good record; its payload is valid until the reader is used again. */
    record Whole(
        Kind kind, long revision, long offset, long next, long groupStart, ByteBuffer payload)
        implements Found {}

    /** The end of the file, or zeros where a record would begin. */
    record Nothing() implements Found {}

    record Bad(String what) implements Found {}
  }

  Found at(long offset) throws IOException {
    int available = load(offset, LogFormat.RECORD_HEADER_BYTES);
    int start = (int) (offset - windowStart);
    if (isZero(start, available)) {
      return new Found.Nothing();
    }
    if (available < LogFormat.RECORD_HEADER_BYTES) {
      return new Found.Bad("the file ends in the header of a record");
    }
    int payloadBytes = window.getInt(start);
    int tail = window.getInt(start + 20);
    long back = Integer.toUnsignedLong(window.getInt(start + 16));
    long revision = window.getLong(start + 8);
    if (payloadBytes < 0
        || payloadBytes > LogFormat.PAYLOAD_BYTES_MAX
        || !Kind.isKnown(tail)
        || revision < 0
        || back > offset - LogFormat.HEADER_BYTES) {
      return new Found.Bad("no record has this header");
    }
    int size = (int) LogFormat.recordBytes(payloadBytes);
    if (size > limit - offset) {
      return new Found.Bad("the file ends in a record");
    }
    if (load(offset, size) < size) {
      return new Found.Bad("the file ends in a record");
    }
    start = (int) (offset - windowStart);
    if (window.getInt(start + 4) != LogFormat.crc(window, start, start + size, hiveId)) {
      return new Found.Bad("the checksum of a record does not fit its bytes");
    }
    ByteBuffer payload =
        window
            .slice(start + LogFormat.RECORD_HEADER_BYTES, payloadBytes)
            .order(ByteOrder.LITTLE_ENDIAN);
    return new Found.Whole(Kind.of(tail), revision, offset, offset + size, offset - back, payload);
  }

  /** The offset after the last byte that is not zero, from there to the limit; or {@code from}. */
  long endOfContent(long from) throws IOException {
    long end = from;
    long offset = from;
    while (offset < limit) {
      int available = load(offset, 1);
      int start = (int) (offset - windowStart);
      int count = Math.max(available, window.limit() - start);
      if (count <= 0) {
        break;
      }
      for (int i = start + count - 1; i >= start; i--) {
        if (window.get(i) != 0) {
          end = windowStart + i + 1;
          break;
        }
      }
      offset += count;
    }
    return end;
  }

  private boolean isZero(int start, int count) {
    for (int i = start; i < start + count; i++) {
      if (window.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Brings that part of the file into the window; returns how much of it the file has. */
  private int load(long offset, int count) throws IOException {
    int wanted = (int) Math.min(count, Math.max(0, limit - offset));
    boolean loaded = offset >= windowStart && offset + wanted <= windowStart + window.limit();
    if (!loaded) {
      if (wanted > window.capacity() || window.capacity() == 0) {
        window = empty(Math.max(wanted, (int) Math.min(WINDOW_BYTES, limit)));
      }
      window.clear();
      window.limit((int) Math.min(window.capacity(), limit - offset));
      file.read(offset, window);
      window.flip();
      windowStart = offset;
    }
    return (int) Math.min(wanted, windowStart + window.limit() - offset);
  }

  private static ByteBuffer empty(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  }
}
