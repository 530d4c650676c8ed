package dev.holdfast.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is done with whole directories. */
final class Directories {
  private static final String UID = "unix:uid";
  private static final String GID = "unix:gid";
  private static final Integer ROOT = 0;

  private Directories() {}

  /** Makes durable which names are in it. */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Makes one for its owner only. */
  static void make(Path directory) throws IOException {
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  /**
   * Gives a directory that root made, with all in it, to whom the other one belongs: the service of
   * a home's owner is to use what root restores there.
   */
  static void giveToOwnerOf(Path model, Path made) throws IOException {
    Object owner = Files.getAttribute(model, UID);
    if (!Files.getAttribute(made, UID).equals(ROOT) || owner.equals(ROOT)) {
      return;
    }
    try (Stream<Path> files = Files.walk(made)) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, UID, owner, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, GID, Files.getAttribute(model, GID), LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  /** Deletes one with all in it; links are not followed. */
  static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path left, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(left);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
