package dev.holdfast.client.transport;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * A body in chunks (RFC 9112, section 7.1): a length in hex, that many bytes, and so on; the last
 * has length nought, and trailers after it, which are skipped.
 */
final class ChunkedInput extends InputStream {
  private static final int MAX_LINE_BYTES = 8 * 1024;

  private final InputStream in;
  private long left;
  private boolean first = true;
  private boolean ended;

  ChunkedInput(InputStream in) {
    this.in = in;
  }

  private boolean inChunk() throws IOException {
    if (left > 0) {
      return true;
    }
    if (ended) {
      return false;
    }
    if (!first && !UnixHttp.line(in, MAX_LINE_BYTES).isEmpty()) {
      throw new IOException("A chunk of the reply is longer than it said.");
    }
    first = false;
    left = length(UnixHttp.line(in, MAX_LINE_BYTES));
    if (left == 0) {
      ended = true;
      skipTrailers();
    }
    return !ended;
  }

  private void skipTrailers() throws IOException {
    String line;
    do {
      line = UnixHttp.line(in, MAX_LINE_BYTES);
    } while (!line.isEmpty());
  }

  private static long length(String line) throws IOException {
    int extension = line.indexOf(';');
    String hex = (extension < 0 ? line : line.substring(0, extension)).strip();
    try {
      long length = Long.parseLong(hex, 16);
      if (length >= 0) {
        return length;
      }
    } catch (NumberFormatException noNumber) {
      // Said below, as for a negative one.
    }
    throw new IOException("That is no length of a chunk: \"" + line + "\".");
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (!inChunk()) {
      return -1;
    }
    int read = in.read(into, offset, (int) Math.min(length, left));
    if (read < 0) {
      throw new EOFException("The reply broke off within a chunk.");
    }
    left -= read;
    return read;
  }
}
