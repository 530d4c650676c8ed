package dev.holdfast.checkpoint.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/** What is done with whole directories. */
final class Directories {
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private Directories() {}

  /** The directory that a file is in. */
  static Path of(Path file) {
    return Objects.requireNonNull(file.getParent());
  }

  /** Makes durable which names are in it. */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Deletes a file, or a directory with all in it, if it is there. Directories are entered by their
   * descriptors, so that whoever may write into one of them cannot have us delete elsewhere, by
   * putting a link where a directory was.
   */
  static void delete(Path file) throws IOException {
    if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(file);
      return;
    }
    try (DirectoryStream<Path> parent = Files.newDirectoryStream(of(file))) {
      if (!(parent instanceof SecureDirectoryStream<Path> directory)) {
        throw new IOException("directories cannot be entered safely on this system");
      }
      deleteDirectory(directory, file.getFileName());
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static void deleteDirectory(SecureDirectoryStream<Path> parent, Path name)
      throws IOException {
    open(parent, name);
    try (SecureDirectoryStream<Path> directory =
        parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
      for (Path child : directory) {
        Path childName = child.getFileName();
        if (isDirectory(directory, childName)) {
          deleteDirectory(directory, childName);
        } else {
          directory.deleteFile(childName);
        }
      }
    }
    parent.deleteDirectory(name);
  }

  private static boolean isDirectory(SecureDirectoryStream<Path> parent, Path name)
      throws IOException {
    return view(parent, name).readAttributes().isDirectory();
  }

  /** Our own directories may be ones that we cannot write to. */
  private static void open(SecureDirectoryStream<Path> parent, Path name) throws IOException {
    PosixFileAttributeView view = view(parent, name);
    PosixFileAttributes attributes = view.readAttributes();
    if (!attributes.permissions().containsAll(OWNER)) {
      view.setPermissions(OWNER);
    }
  }

  private static PosixFileAttributeView view(SecureDirectoryStream<Path> parent, Path name) {
    return parent.getFileAttributeView(
        name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }
}
