package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.SourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads a tree into a spool. Each file in it is as it was at one moment; and so is the tree, unless
 * it kept changing for as many passes as are made.
 */
final class TreeTaker {
  /** How often a file is read that changes meanwhile, and how often a tree. */
  private static final int FILE_TRIES = 5;

  private static final int TREE_TRIES = 3;
  private static final int BUFFER_BYTES = 1 << 17;

  private final Path root;
  private final String fileName;
  private final Excludes excludes;
  private final Steps steps;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  /**
   * @param fileName what the root is called in the tar if it is a file
   */
  TreeTaker(Path root, String fileName, Excludes excludes, Steps steps) {
    this.root = root;
    this.fileName = fileName;
    this.excludes = excludes;
    this.steps = steps;
  }

  /** Reads all. The spool is then to be asked for the fingerprint. */
  void take(Spool spool) throws SourceException {
    Spool.Mark start = spool.mark();
    for (int tries = 1; ; tries++) {
      TreeScan scan = TreeScan.of(root, excludes);
      boolean whole = takeOnce(scan, spool);
      boolean settled = whole && scan.isSameAs(TreeScan.of(root, excludes));
      if (settled || (whole && tries == TREE_TRIES)) {
        return;
      }
      if (tries == TREE_TRIES) {
        throw new SourceException(
            Obstacle.IO, "%s changed each of the %d times it was read".formatted(root, tries));
      }
      try {
        spool.reset(start);
      } catch (IOException e) {
        throw Failures.of(e, "save", root);
      }
      start = spool.mark();
    }
  }

  /** Returns false if something vanished on the way. */
  private boolean takeOnce(TreeScan scan, Spool spool) throws SourceException {
    Path at = root;
    try {
      var tar = new TarWriter(spool);
      for (Found found : scan.files()) {
        at = Names.resolve(root, found.node().name());
        if (!take(found, at, tar, spool)) {
          return false;
        }
      }
      tar.end();
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw Failures.of(e, "read", at);
    }
  }

  /** Returns false if it is no more what it was. */
  private boolean take(Found found, Path path, TarWriter tar, Spool spool)
      throws IOException, SourceException {
    return switch (found.node().kind()) {
      case DIRECTORY -> {
        tar.begin(found.node(), attributes(path));
        yield true;
      }
      case LINK -> {
        tar.begin(found.node(), new TreeMap<>());
        yield true;
      }
      case FILE -> takeFile(found, path, tar, spool);
    };
  }

  private boolean takeFile(Found scanned, Path path, TarWriter tar, Spool spool)
      throws IOException, SourceException {
    Found before = scanned;
    for (int tries = 1; ; tries++) {
      Spool.Mark mark = spool.mark();
      String name = before.node().name();
      tar.begin(before.node().withName(name.isEmpty() ? fileName : name), attributes(path));
      steps.at("file read");
      long read = copy(path, before.node().size(), tar);
      tar.pad();
      Found after = Found.look(path, name).orElse(null);
      if (read == before.node().size() && before.equals(after)) {
        return true;
      }
      if (after == null || after.node().kind() != Kind.FILE) {
        return false;
      }
      if (tries == FILE_TRIES) {
        throw new SourceException(
            Obstacle.IO, "%s changed each of the %d times it was read".formatted(path, tries));
      }
      spool.reset(mark);
      before = after;
    }
  }

  /** Copies as much as a file is said to have, and says how much it had of that. */
  private long copy(Path path, long size, TarWriter tar) throws IOException {
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      long left = size;
      while (left > 0) {
        buffer.clear().limit((int) Math.min(left, buffer.capacity()));
        int count = file.read(buffer);
        if (count < 0) {
          break;
        }
        left -= count;
        tar.content(buffer.flip());
      }
      return size - left;
    }
  }

  private static SortedMap<String, byte[]> attributes(Path path)
      throws IOException, SourceException {
    SortedMap<String, byte[]> attributes = Attributes.read(path);
    for (String name : attributes.keySet()) {
      if (!PaxAttribute.canHold(name)) {
        throw new SourceException(
            Obstacle.UNSUPPORTED,
            "%s has an extended attribute that cannot be saved: user.%s".formatted(path, name),
            List.of(),
            null);
      }
    }
    return attributes;
  }
}
