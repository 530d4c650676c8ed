package dev.holdfast.backup;

import dev.holdfast.quorum.QuorumDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * How large a quorum directory is.
 *
 * @param databaseBytes of the database's log and snapshots
 * @param freeBytes of its file system, for us
 */
public record QuorumFacts(
    long databaseBytes, int blobs, long blobBytes, int plugins, long pluginBytes, long freeBytes) {

  /** Of a directory, also while somebody writes to it. */
  public static QuorumFacts of(Path quorum) throws IOException {
    Size database = Size.of(quorum, name -> name.startsWith(QuorumDirectory.LOG_FILE));
    Size blobs = Size.of(quorum.resolve(QuorumDirectory.BLOBS), _ -> true);
    Size plugins = Size.of(quorum.resolve(QuorumDirectory.PLUGINS), _ -> true);
    return new QuorumFacts(
        database.bytes(),
        blobs.files(),
        blobs.bytes(),
        plugins.files(),
        plugins.bytes(),
        Files.getFileStore(quorum).getUsableSpace());
  }

  private record Size(int files, long bytes) {
    static Size of(Path directory, Predicate<String> which) throws IOException {
      if (!Files.isDirectory(directory)) {
        return new Size(0, 0);
      }
      List<Path> files;
      try (Stream<Path> all = Files.list(directory)) {
        files = all.filter(file -> which.test(file.getFileName().toString())).toList();
      }
      int count = 0;
      long bytes = 0;
      for (Path file : files) {
        try {
          bytes += Files.size(file);
          count++;
        } catch (NoSuchFileException gone) {
          // Let go of, just now.
        }
      }
      return new Size(count, bytes);
    }
  }
}
