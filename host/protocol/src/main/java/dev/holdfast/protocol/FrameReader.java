package dev.holdfast.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into frames: 4 bytes of length, big-endian, and so many bytes of protobuf.
 * Not thread-safe: one reader a stream.
 *
 * <p>A length is a claim. It is believed up to {@link Link#FRAME_LIMIT_BYTES}, and even then memory
 * is taken only as the bytes arrive, so that a stranger who writes four bytes costs nothing.
 */
final class FrameReader<R extends MessageLite> {
  private static final int BUFFER_BYTES = 32 * 1024;

  private final ReadableByteChannel in;
  private final Parser<R> parser;
  private final Predicate<R> known;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();

  FrameReader(ReadableByteChannel in, Parser<R> parser, Predicate<R> known) {
    this.in = in;
    this.parser = parser;
    this.known = known;
  }

  /**
   * Returns the next frame, or null at an end between two frames.
   *
   * @throws BadFrameException what arrived is no frame; do not read on
   * @throws EOFException the stream ended inside a frame
   */
  @Nullable R next() throws IOException {
    int length = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      if (!buffer.hasRemaining() && !fill()) {
        if (i == 0) {
          return null;
        }
        throw new EOFException("it ended inside a length, after " + i + " of 4 bytes");
      }
      length = (length << 8) | (buffer.get() & 0xff);
    }
    if (length < 1 || length > Link.FRAME_LIMIT_BYTES) {
      throw new BadFrameException(
          "a frame's length is %,d bytes; 1 to %,d are allowed"
              .formatted(Integer.toUnsignedLong(length), Link.FRAME_LIMIT_BYTES));
    }
    return parse(body(length));
  }

  private byte[] body(int length) throws IOException {
    var body = new byte[Math.min(length, BUFFER_BYTES)];
    int got = 0;
    while (got < length) {
      if (!buffer.hasRemaining() && !fill()) {
        throw new EOFException(
            "it ended inside a frame, after %d of %d bytes".formatted(got, length));
      }
      if (got == body.length) {
        body = Arrays.copyOf(body, (int) Math.min(length, 2L * body.length));
      }
      int step = Math.min(buffer.remaining(), body.length - got);
      buffer.get(body, got, step);
      got += step;
    }
    return body;
  }

  private R parse(byte[] body) throws BadFrameException {
    R frame;
    try {
      frame = parser.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new BadFrameException(
          "a frame of %d bytes is not a message: %s".formatted(body.length, e.getMessage()), e);
    }
    if (!known.test(frame)) {
      throw new BadFrameException(
          "a frame of %d bytes is of no kind that this side knows".formatted(body.length));
    }
    return frame;
  }

  private boolean fill() throws IOException {
    buffer.clear();
    int read;
    do {
      read = in.read(buffer);
    } while (read == 0);
    buffer.flip();
    return read > 0;
  }
}
