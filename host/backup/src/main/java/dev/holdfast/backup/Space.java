package dev.holdfast.backup;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Room on a disk, and sentences about it. */
final class Space {
  private Space() {}

  /**
   * Refuses what would not fit, before anything is written.
   *
   * @param what it is that needs the room; begins a sentence
   */
  static void require(Path directory, long bytes, String what) throws IOException {
    FileStore store = Files.getFileStore(directory);
    if (store.getUsableSpace() < bytes) {
      throw new IOException(
          "%s: it takes %,d bytes, and %s; make room, or choose another place"
              .formatted(what, bytes, free(directory)));
    }
  }

  /** How much is free in that directory, as a clause. */
  static String free(Path directory) {
    try {
      FileStore store = Files.getFileStore(directory);
      return "%,d bytes are free on the file system of %s (%s)"
          .formatted(store.getUsableSpace(), directory, store.type());
    } catch (IOException e) {
      return "how much is free in %s is not known (%s)".formatted(directory, e.getMessage());
    }
  }

  /** The same failure, with what was attempted, where, and how much is free there. */
  static IOException explained(String attempted, Path directory, IOException e) {
    if (e instanceof RefusedException || e instanceof MalformedBackupException) {
      return e;
    }
    return new IOException("%s: %s; %s".formatted(attempted, reason(e), free(directory)), e);
  }

  private static String reason(IOException e) {
    if (e instanceof FileSystemException file) {
      String reason = file.getReason() == null ? e.getClass().getSimpleName() : file.getReason();
      return file.getFile() + ": " + reason;
    }
    return String.valueOf(e.getMessage());
  }
}
