package dev.holdfast.service.process;

import com.google.common.base.Splitter;
import dev.holdfast.service.process.SpawnException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the file that a command's first word means, as a shell would. */
final class CommandPath {
  /** Where commands are when an environment has no PATH. */
  static final String DEFAULT = "/usr/local/bin:/usr/bin:/bin";

  private CommandPath() {}

  /** The file to execute. With a slash: relative to the directory it will run in. */
  static Path resolve(String program, Path directory, Map<String, String> environment)
      throws SpawnException {
    if (program.indexOf('/') >= 0) {
      Path file = directory.resolve(program);
      if (!Files.exists(file)) {
        throw new SpawnException(
            Reason.COMMAND_NOT_FOUND, "'%s': no such file or directory".formatted(file));
      }
      return requireExecutable(file);
    }
    String path = environment.getOrDefault("PATH", DEFAULT);
    @Nullable Path unusable = null;
    for (String folder : Splitter.on(':').split(path)) {
      // An empty element would mean the working directory; that is a trap and not followed.
      if (folder.isEmpty()) {
        continue;
      }
      Path file = directory.resolve(folder).resolve(program);
      if (Files.isRegularFile(file)) {
        if (Files.isExecutable(file)) {
          return file;
        }
        unusable = file;
      }
    }
    if (unusable != null) {
      return requireExecutable(unusable);
    }
    throw new SpawnException(
        Reason.COMMAND_NOT_FOUND, "'%s': no such file in PATH (%s)".formatted(program, path));
  }

  private static Path requireExecutable(Path file) throws SpawnException {
    if (Files.isDirectory(file)) {
      throw new SpawnException(
          Reason.NOT_EXECUTABLE, "'%s': is a directory, not a program".formatted(file));
    }
    if (!Files.isRegularFile(file)) {
      throw new SpawnException(
          Reason.NOT_EXECUTABLE, "'%s': permission denied (no regular file)".formatted(file));
    }
    if (!Files.isExecutable(file)) {
      throw new SpawnException(
          Reason.NOT_EXECUTABLE,
          "'%s': permission denied (no right to execute it; see ls -l)".formatted(file));
    }
    return file;
  }
}
