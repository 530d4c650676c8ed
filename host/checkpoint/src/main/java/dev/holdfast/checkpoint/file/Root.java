package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.SourceException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The path of a tree, of which it is known that it may be one.
 *
 * @param path absolute, normal, with a parent
 */
record Root(Path path) {
  private static final List<Path> REFUSED =
      List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

  static Root of(Path path) throws SourceException {
    if (!path.isAbsolute()) {
      throw refused(path + " is not an absolute path");
    }
    if (!path.equals(path.normalize())) {
      throw refused(path + " is not a normal path, which has no '.' and no '..' in it");
    }
    if (path.getFileName() == null) {
      throw refused("the whole file system cannot be a checkpoint");
    }
    for (Path refused : REFUSED) {
      if (path.startsWith(refused)) {
        throw refused(path + " is in " + refused + ", which the kernel makes up");
      }
    }
    if (Files.isSymbolicLink(path)) {
      throw refused(path + " is a symbolic link; name what it leads to");
    }
    return new Root(path);
  }

  Path parent() {
    return Objects.requireNonNull(path.getParent());
  }

  Path name() {
    return Objects.requireNonNull(path.getFileName());
  }

  boolean exists() {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  boolean isDirectory() {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static SourceException refused(String sentence) {
    return new SourceException(Obstacle.UNSUPPORTED, sentence);
  }
}
