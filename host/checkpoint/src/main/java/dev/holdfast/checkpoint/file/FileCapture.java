package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.Capture;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A tree as a tar, in a temporary file of its own. */
record FileCapture(Path tar, String fingerprint) implements Capture {
  @Override
  public void writeTo(OutputStream out) throws IOException {
    Files.copy(tar, out);
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(tar);
    } catch (IOException e) {
      throw new UncheckedIOException("The temporary file of a checkpoint could not be deleted", e);
    }
  }
}
