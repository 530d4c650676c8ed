package dev.holdfast.cli.audit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one process takes of the machine.
 *
 * @param descriptorsMax how many descriptors it may have open
 */
record Footprint(long threads, long descriptors, long descriptorsMax) {
  private static final Pattern NUMBER = Pattern.compile("\\s*(\\d+)");

  /** Of a process; empty when it is gone, or is not for us to look at. */
  static Optional<Footprint> of(Path proc, int pid) {
    Path entry = proc.resolve(Integer.toString(pid));
    try {
      long threads = number(entry.resolve("status"), "Threads:").orElse(0);
      long most = number(entry.resolve("limits"), "Max open files").orElse(Long.MAX_VALUE);
      long descriptors = 0;
      try (DirectoryStream<Path> open = Files.newDirectoryStream(entry.resolve("fd"))) {
        for (Path _ : open) {
          descriptors++;
        }
      }
      return Optional.of(new Footprint(threads, descriptors, most));
    } catch (IOException goneOrNotOurs) {
      return Optional.empty();
    }
  }

  /** The number that follows the beginning of a line; none for "unlimited". */
  private static OptionalLong number(Path file, String beginning) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(beginning))
        .map(line -> NUMBER.matcher(line.substring(beginning.length())))
        .filter(Matcher::lookingAt)
        .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
        .findFirst();
  }
}
