package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.Capture;
import dev.holdfast.checkpoint.SourceException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes trees, and shows them in a way that owes nothing to the code under test. */
final class Trees {
  private static final int[] FILE_MODES = {0600, 0644, 0640, 0755, 0400, 04755, 02711};
  private static final int[] DIRECTORY_MODES = {0755, 0700, 01777, 02775};

  private Trees() {}

  static void write(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  /** Writes what a tree holds into a file. */
  static Path save(FileTree tree, Path blob) throws IOException, SourceException {
    try (Capture capture = tree.capture();
        OutputStream out = Files.newOutputStream(blob)) {
      capture.writeTo(out);
    }
    return blob;
  }

  static String fingerprint(FileTree tree) throws SourceException {
    try (Capture capture = tree.capture()) {
      return capture.fingerprint();
    }
  }

  /** A line for each file: mode, owner, time, and content. */
  static Map<String, String> show(Path root) throws IOException {
    var shown = new TreeMap<String, String>();
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return shown;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            return add(directory, "directory");
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            return add(
                file,
                attributes.isSymbolicLink()
                    ? "-> " + Files.readSymbolicLink(file)
                    : HexFormat.of().formatHex(Files.readAllBytes(file)));
          }

          private FileVisitResult add(Path file, String content) throws IOException {
            Map<String, Object> seen =
                Files.readAttributes(
                    file, "unix:mode,uid,gid,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
            Object time = Files.isSymbolicLink(file) ? "" : seen.get("lastModifiedTime");
            shown.put(
                root.relativize(file).toString(),
                "%s %s:%s %s %s"
                    .formatted(
                        octal(seen.get("mode")), seen.get("uid"), seen.get("gid"), time, content));
            return FileVisitResult.CONTINUE;
          }
        });
    return shown;
  }

  private static String octal(@Nullable Object mode) {
    return mode instanceof Integer bits ? Integer.toOctalString(bits) : "no mode";
  }

  /** Fills a directory that is not there yet with what the seed says. */
  static void grow(Path root, Random random) throws IOException {
    Files.createDirectories(root);
    growIn(root, random, 3);
    Files.setLastModifiedTime(root, time(random));
  }

  private static void growIn(Path directory, Random random, int depth) throws IOException {
    int children = random.nextInt(5);
    for (int i = 0; i < children; i++) {
      Path child = Names.resolve(directory, name(random) + i);
      switch (random.nextInt(depth > 0 ? 4 : 3)) {
        case 0 -> Posix.symlink("../" + name(random), child);
        case 3 -> {
          Files.createDirectory(child);
          growIn(child, random, depth - 1);
          Files.setAttribute(child, "unix:mode", pick(DIRECTORY_MODES, random));
          Files.setLastModifiedTime(child, time(random));
        }
        default -> {
          byte[] content = new byte[random.nextInt(3) * random.nextInt(2000)];
          random.nextBytes(content);
          Files.write(child, content);
          Files.setAttribute(child, "unix:mode", pick(FILE_MODES, random));
          Files.setLastModifiedTime(child, time(random));
        }
      }
    }
  }

  private static int pick(int[] modes, Random random) {
    return modes[random.nextInt(modes.length)];
  }

  private static String name(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> "a-b ";
      case 1 -> "n".repeat(90 + random.nextInt(60));
      case 2 -> "\u00e9t\u00e9\ud83d\ude00";
      case 3 -> "x\ny%";
      default -> "file.";
    };
  }

  private static FileTime time(Random random) {
    return FileTime.from(
        Instant.ofEpochSecond(random.nextInt(2_000_000_000), random.nextInt(1_000_000_000)));
  }
}
