package dev.holdfast.client.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A stream of lines, the empty ones skipped: those only say that the service lives. */
public final class Lines {
  /** A line holds one object; none is near that. */
  static final int MAX_LINE_BYTES = 4 << 20;

  private final InputStream in;

  public Lines(InputStream in) {
    this.in = in;
  }

  /** The next line that is not empty; null at the end. */
  public @Nullable String next() throws IOException {
    var bytes = new ByteArrayOutputStream();
    while (true) {
      int b = in.read();
      if (b < 0 && bytes.size() == 0) {
        return null;
      }
      if (b < 0 || (b == '\n' && bytes.size() > 0)) {
        return bytes.toString(StandardCharsets.UTF_8);
      }
      if (b != '\n') {
        bytes.write(b);
      }
      if (bytes.size() > MAX_LINE_BYTES) {
        throw new IOException("A line of the reply is longer than " + MAX_LINE_BYTES + " bytes.");
      }
    }
  }
}
