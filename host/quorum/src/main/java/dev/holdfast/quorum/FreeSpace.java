package dev.holdfast.quorum;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much room a disk has, in words, for whoever has to make some. */
public final class FreeSpace {
  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;

  private FreeSpace() {}

  /**
   * A part of a sentence, such as {@code 12 KiB of 16 MiB free in /var/lib/holdfast}; of a folder
   * that cannot be looked at, only where it is.
   */
  public static String in(Path folder) {
    try {
      FileStore store = Files.getFileStore(folder);
      return "%s of %s free in %s"
          .formatted(words(store.getUsableSpace()), words(store.getTotalSpace()), folder);
    } catch (IOException e) {
      return "in " + folder;
    }
  }

  private static String words(long bytes) {
    return bytes >= MIB ? bytes / MIB + " MiB" : bytes >= KIB ? bytes / KIB + " KiB" : bytes + " B";
  }
}
