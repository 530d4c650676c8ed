package dev.holdfast.service.archive;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The file {@code .complete} in an unpacked folder: a line per file, its SHA-256 and its name. The
 * folder gets its final name when this and all else in it is on the disk.
 *
 * <p>What is compared is the content, not size or time: a folder that somebody changed is not
 * loaded from, but unpacked anew.
 */
final class CompleteMarker {
  private static final String FILE = ".complete";
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) (.+)");

  private CompleteMarker() {}

  static void write(Path folder, List<UnpackedFile> files) throws IOException {
    var lines = new ArrayList<String>();
    for (UnpackedFile file : files) {
      lines.add(ArchiveDigest.of(folder.resolve(file.name())).hex() + " " + file.name());
    }
    Files.write(folder.resolve(FILE), lines);
  }

  /** Whether the folder has a marker, every file in it is as it was unpacked, and no other is. */
  static boolean isTrueOf(Path folder) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(folder.resolve(FILE));
    } catch (NoSuchFileException | MalformedInputException e) {
      return false;
    }
    Set<Path> known = new HashSet<>();
    for (String line : lines) {
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        return false;
      }
      Path file = folder.resolve(matcher.group(2));
      if (!Files.isRegularFile(file) || !ArchiveDigest.of(file).hex().equals(matcher.group(1))) {
        return false;
      }
      known.add(file);
    }
    known.add(folder.resolve(FILE));
    try (Stream<Path> found = Files.walk(folder)) {
      return found.filter(path -> !Files.isDirectory(path)).allMatch(known::contains);
    }
  }
}
