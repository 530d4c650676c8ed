package dev.holdfast.checkpoint.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A file as it was found, with what tells whether it changed since.
 *
 * @param changed when its inode was changed last, by writing or otherwise
 */
record Found(Node node, long inode, long device, Instant changed) {
  private static final String WANTED =
      "unix:mode,uid,gid,size,lastModifiedTime,ino,dev,ctime,isSymbolicLink,isDirectory,isRegularFile";

  /**
   * Looks at a file, without following it if it is a link. Empty for sockets, pipes and devices.
   */
  static Optional<Found> look(Path path, String name) throws IOException {
    Map<String, Object> seen = Files.readAttributes(path, WANTED, LinkOption.NOFOLLOW_LINKS);
    Kind kind;
    if (is(seen, "isRegularFile")) {
      kind = Kind.FILE;
    } else if (is(seen, "isDirectory")) {
      kind = Kind.DIRECTORY;
    } else if (is(seen, "isSymbolicLink")) {
      kind = Kind.LINK;
    } else {
      return Optional.empty();
    }
    boolean link = kind == Kind.LINK;
    var node =
        new Node(
            name,
            kind,
            link ? Node.LINK_MODE : (int) value(seen, "mode") & 07777,
            // A number above 2^31 comes as a negative int.
            Integer.toUnsignedLong((int) value(seen, "uid")),
            Integer.toUnsignedLong((int) value(seen, "gid")),
            kind == Kind.FILE ? (long) value(seen, "size") : 0,
            link ? Instant.EPOCH : time(seen, "lastModifiedTime"),
            link ? Names.of(Files.readSymbolicLink(path)) : "");
    return Optional.of(
        new Found(node, (long) value(seen, "ino"), (long) value(seen, "dev"), time(seen, "ctime")));
  }

  /** The inode at a path; -1 when nothing is there. */
  static long inode(Path path) throws IOException {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        ? (long) Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS)
        : -1;
  }

  private static boolean is(Map<String, Object> seen, String attribute) {
    return (boolean) value(seen, attribute);
  }

  private static Instant time(Map<String, Object> seen, String attribute) {
    return ((FileTime) value(seen, attribute)).toInstant();
  }

  private static Object value(Map<String, Object> seen, String attribute) {
    Object value = seen.get(attribute);
    if (value == null) {
      throw new AssertionError("The file system told nothing of " + attribute);
    }
    return value;
  }
}
