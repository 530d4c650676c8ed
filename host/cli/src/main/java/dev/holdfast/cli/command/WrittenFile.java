package dev.holdfast.cli.command;

import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import dev.holdfast.cli.session.Session;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A file that a command writes: whole or not at all, and in place of another only when asked. */
final class WrittenFile {
  private WrittenFile() {}

  /** There is no such file yet, or it may be replaced. */
  static void requireFree(Path file, boolean replace) {
    if (Files.exists(file) && !replace) {
      throw exists(file, null);
    }
  }

  /** Writes a file, and says so; of a dry run, says so only. */
  static void keep(Session session, byte[] bytes, Path file, boolean replace) {
    if (session.flags().dryRun) {
      session.narrate("%s would be written, %,d bytes".formatted(file, bytes.length));
      return;
    }
    try {
      write(bytes, file, replace);
    } catch (FileAlreadyExistsException e) {
      throw exists(file, e);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.FAILED, "The file " + file + " was not written: " + e.getMessage(), e);
    }
    session.narrate("%s written, %,d bytes".formatted(file, bytes.length));
  }

  private static Failure exists(Path file, @Nullable Exception cause) {
    String message = "There is a file %s already; with --force it is replaced.".formatted(file);
    return cause == null
        ? new Failure(ExitCode.CONFLICT, message)
        : new Failure(ExitCode.CONFLICT, message, cause);
  }

  /** Whoever looks sees the whole file or none. */
  private static void write(byte[] bytes, Path file, boolean replace) throws IOException {
    Path whole = file.toAbsolutePath();
    Path part = whole.resolveSibling("." + whole.getFileName() + ".part");
    try {
      Files.write(
          part,
          bytes,
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
      if (replace) {
        Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
      } else {
        Files.createLink(whole, part); // Unlike a move, it replaces nothing.
      }
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
