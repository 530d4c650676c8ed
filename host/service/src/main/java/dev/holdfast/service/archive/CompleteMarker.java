package dev.holdfast.service.archive;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The file {@code .complete} in an unpacked folder: a line per file, its size and its name. The
 * folder gets its final name when this and all else in it is on the disk.
 */
final class CompleteMarker {
  private static final String FILE = ".complete";

  private CompleteMarker() {}

  static void write(Path folder, List<UnpackedFile> files) throws IOException {
    Path marker = folder.resolve(FILE);
    Files.write(marker, files.stream().map(file -> file.bytes() + " " + file.name()).toList());
  }

  /** Whether the folder has a marker, and every file in it is there with its size. */
  static boolean isTrueOf(Path folder) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(folder.resolve(FILE));
    } catch (NoSuchFileException | MalformedInputException e) {
      return false;
    }
    for (String line : lines) {
      int space = line.indexOf(' ');
      if (space < 0
          || !hasSize(folder.resolve(line.substring(space + 1)), line.substring(0, space))) {
        return false;
      }
    }
    return !lines.isEmpty();
  }

  private static boolean hasSize(Path file, String bytes) throws IOException {
    return Files.isRegularFile(file) && Long.toString(Files.size(file)).equals(bytes);
  }
}
