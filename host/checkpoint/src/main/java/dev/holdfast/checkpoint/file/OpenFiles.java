package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.Holder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Who has files of a tree open for writing, as {@code /proc} shows it. The links there lead to real
 * paths, so by which name a file was opened does not matter. Not seen are: processes that we may
 * not look into, files mapped and then closed, and files opened in another mount namespace. A
 * process that ends meanwhile holds nothing.
 */
final class OpenFiles {
  private static final int ACCESS_MODE = 3;
  private static final String DELETED = " (deleted)";

  private final Root root;
  private final Excludes excludes;
  private final Path proc;

  OpenFiles(Root root, Excludes excludes, Path proc) {
    this.root = root;
    this.excludes = excludes;
    this.proc = proc;
  }

  /** Each process and file once, by process. */
  List<Holder> holders() throws IOException {
    if (!root.exists()) {
      return List.of();
    }
    Path real = root.path().toRealPath();
    var holders = new ArrayList<Holder>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, OpenFiles::isProcess)) {
      for (Path process : processes) {
        addHeldBy(process, real, holders);
      }
    }
    holders.sort(Comparator.comparingLong(Holder::pid).thenComparing(Holder::what));
    return holders.stream().distinct().toList();
  }

  private static boolean isProcess(Path entry) {
    return entry.getFileName().toString().chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private void addHeldBy(Path process, Path real, List<Holder> holders) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        Optional<Path> target = heldFile(process, file, real);
        if (target.isPresent()) {
          holders.add(holder(process, real, target.get()));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return; // it ended, or is none of ours to look into
    }
  }

  private Optional<Path> heldFile(Path process, Path file, Path real) {
    try {
      Path target = Files.readSymbolicLink(file);
      if (!target.startsWith(real) || target.toString().endsWith(DELETED)) {
        return Optional.empty();
      }
      boolean counts =
          !excludes.cover(Names.of(real.relativize(target)))
              && isForWriting(process.resolve("fdinfo").resolve(file.getFileName()));
      return counts ? Optional.of(target) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // it was closed
    }
  }

  private static boolean isForWriting(Path info) throws IOException {
    for (String line : Files.readAllLines(info, StandardCharsets.ISO_8859_1)) {
      if (line.startsWith("flags:")) {
        return (Integer.parseUnsignedInt(line.substring(6).trim(), 8) & ACCESS_MODE) != 0;
      }
    }
    return false;
  }

  private Holder holder(Path process, Path real, Path target) {
    long pid = Long.parseLong(process.getFileName().toString());
    return new Holder(
        program(process),
        pid,
        root.path().resolve(real.relativize(target)).toString(),
        target.toString(),
        ProcessHandle.of(pid).flatMap(handle -> handle.info().startInstant()).orElse(null));
  }

  private static String program(Path process) {
    try {
      return Files.readString(process.resolve("comm"), StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "?"; // it ended
    }
  }
}
