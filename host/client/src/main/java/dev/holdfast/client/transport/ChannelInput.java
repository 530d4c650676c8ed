package dev.holdfast.client.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** What comes over the connection, to its end, buffered. */
final class ChannelInput extends InputStream {
  private final UnixHttp connection;
  private final ByteBuffer buffer = ByteBuffer.allocate(16 * 1024).flip();

  ChannelInput(UnixHttp connection) {
    this.connection = connection;
  }

  private boolean fill() throws IOException {
    if (buffer.hasRemaining()) {
      return true;
    }
    buffer.clear();
    int read = connection.read(buffer);
    buffer.flip();
    return read > 0;
  }

  @Override
  public int read() throws IOException {
    return fill() ? buffer.get() & 0xFF : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, buffer.remaining());
    buffer.get(into, offset, count);
    return count;
  }
}
