package dev.holdfast.checkpoint.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Where something is mounted. The kernel's list is read, because a bind mount has the device number
 * of what it is mounted on.
 */
final class Mounts {
  private static final int MOUNT_POINT = 4;

  private Mounts() {}

  /** The mount points at or below a real path. */
  static List<Path> within(Path root, Path proc) throws IOException {
    Path list = proc.resolve("self/mountinfo");
    return Files.readAllLines(list, StandardCharsets.ISO_8859_1).stream()
        .map(line -> line.split(" ", -1))
        .filter(fields -> fields.length > MOUNT_POINT)
        .map(fields -> Names.resolve(Path.of("/"), decoded(fields[MOUNT_POINT])))
        .filter(point -> point.startsWith(root))
        .toList();
  }

  /** Blanks and the like stand there as {@code \040}. */
  private static String decoded(String field) {
    byte[] bytes = new byte[field.length()];
    int length = 0;
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && i + 3 < field.length()) {
        bytes[length++] = (byte) Integer.parseInt(field, i + 1, i + 4, 8);
        i += 3;
      } else {
        bytes[length++] = (byte) field.charAt(i);
      }
    }
    String path = new String(Arrays.copyOf(bytes, length), StandardCharsets.UTF_8);
    return path.startsWith("/") ? path.substring(1) : path;
  }
}
