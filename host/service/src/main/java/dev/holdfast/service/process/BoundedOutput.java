package dev.holdfast.service.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The file that a resource's processes append their output to, kept bounded.
 *
 * <p>Safe for use by many threads.
 */
public interface BoundedOutput extends AutoCloseable {

  /** A piece of the output. */
  final class Piece {
    private final byte[] bytes;
    private final long from;

    Piece(byte[] bytes, long from) {
      this.bytes = bytes;
      this.from = from;
    }

    /** What was written from {@link #from} on. */
    public byte[] bytes() {
      return bytes.clone();
    }

    /** Where it begins: later than asked for when that part is gone. */
    public long from() {
      return from;
    }

    /** Where to go on reading. */
    public long next() {
      return from + bytes.length;
    }

    /** The bytes as UTF-8; what is none shows as replacement characters. */
    public String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /**
   * The last bytes, beginning at the start of a line where there is one.
   *
   * @param limitBytes how many at most
   */
  Piece tail(int limitBytes) throws IOException;

  /**
   * What was written from this offset on. Offsets count all bytes that were there when this object
   * was made and all since, also those cut off meanwhile, so a reader that goes on at {@link
   * Piece#next} misses only what was cut before it came.
   *
   * @param limitBytes how many at most
   */
  Piece read(long offset, int limitBytes) throws IOException;

  /** Stops keeping it bounded. The file stays. */
  @Override
  void close();
}
