package dev.holdfast.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** Writes frames through one buffer of its own. Not thread-safe: one writer a stream. */
final class FrameWriter {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final WritableByteChannel out;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  FrameWriter(WritableByteChannel out) {
    this.out = out;
  }

  /** Writes all frames, each behind its length, in as few writes as the buffer allows. */
  void write(List<Outgoing> frames) throws IOException {
    for (Outgoing frame : frames) {
      byte[] body = frame.body();
      if (buffer.remaining() < Integer.BYTES) {
        flush();
      }
      buffer.putInt(body.length);
      int put = 0;
      while (put < body.length) {
        if (!buffer.hasRemaining()) {
          flush();
        }
        int step = Math.min(buffer.remaining(), body.length - put);
        buffer.put(body, put, step);
        put += step;
      }
    }
    flush();
  }

  private void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
    buffer.clear();
  }
}
