package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.quorum.FreeSpace;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes a source's exceptions from those of the file system. */
final class Failures {
  /** A file system with less than this left is called full. */
  private static final long FULL_BYTES = 4096;

  private Failures() {}

  /**
   * @param doing what was tried, such as {@code read}
   * @param on the file, where the exception does not name one
   */
  static SourceException of(IOException failure, String doing, Path on) {
    String reason = reason(failure);
    // As text: not every locale can make a path of it again.
    String named = failure instanceof FileSystemException f ? f.getFile() : null;
    Obstacle obstacle = obstacle(failure, reason, on);
    return new SourceException(
        obstacle,
        "cannot %s %s: %s%s"
            .formatted(
                doing,
                named == null ? on : named,
                reason,
                obstacle == Obstacle.NO_SPACE ? room(on) : ""),
        List.of(),
        failure);
  }

  private static String room(Path file) {
    @Nullable Path folder = file.getParent();
    return folder == null ? "" : " (%s)".formatted(FreeSpace.in(folder));
  }

  private static Obstacle obstacle(IOException failure, String reason, Path file) {
    String words = reason.toLowerCase(Locale.ROOT);
    if (failure instanceof AccessDeniedException
        || words.contains("permission denied")
        || words.contains("not permitted")
        || words.contains("read-only file system")) {
      return Obstacle.ACCESS_DENIED;
    }
    if (words.contains("no space left") || words.contains("quota exceeded") || isFull(file)) {
      return Obstacle.NO_SPACE;
    }
    return failure instanceof NoSuchFileException ? Obstacle.MISSING : Obstacle.IO;
  }

  /** The C library says so in the locale's language, which we may not know. */
  private static boolean isFull(Path file) {
    @Nullable Path directory = file.getParent();
    try {
      return directory != null && Files.getFileStore(directory).getUsableSpace() < FULL_BYTES;
    } catch (IOException e) {
      return false; // the first failure is what is told
    }
  }

  private static String reason(IOException failure) {
    return switch (failure) {
      case AccessDeniedException e -> "permission denied";
      case NoSuchFileException e -> "it is not there";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
    };
  }
}
