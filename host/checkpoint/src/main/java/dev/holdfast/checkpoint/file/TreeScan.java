package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.SourceException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is in a tree, without having read any content.
 *
 * @param files the root first, then by their names' bytes
 * @param excluded the topmost names that are excluded, by their bytes
 */
record TreeScan(List<Found> files, List<String> excluded) {
  private static final int NAMED = 3;

  /**
   * Looks at all of a tree. What vanishes meanwhile is left out.
   *
   * @throws SourceException it is missing, cannot be read or holds what cannot be saved
   */
  static TreeScan of(Path root, Excludes excludes) throws SourceException {
    return new Scanner(root, excludes).scan();
  }

  List<Node> nodes() {
    return files.stream().map(Found::node).toList();
  }

  /**
   * Whether both are of the same files, untouched since. When the inode was changed does not count
   * for the root, which is changed when it is renamed, nor for directories, which are by excluded
   * files in them.
   */
  boolean isSameAs(TreeScan other) {
    if (files.size() != other.files.size()) {
      return false;
    }
    for (int i = 0; i < files.size(); i++) {
      Found mine = files.get(i);
      Found theirs = other.files.get(i);
      boolean loose = i == 0 || mine.node().kind() == Kind.DIRECTORY;
      if (loose
          ? !mine.node().equals(theirs.node()) || mine.inode() != theirs.inode()
          : !mine.equals(theirs)) {
        return false;
      }
    }
    return true;
  }

  /** One scan, under way. */
  private static final class Scanner {
    private final Path root;
    private final Excludes excludes;
    private final List<Found> files = new ArrayList<>();
    private final List<String> excluded = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final ArrayDeque<String> directories = new ArrayDeque<>();

    Scanner(Path root, Excludes excludes) {
      this.root = root;
      this.excludes = excludes;
    }

    TreeScan scan() throws SourceException {
      Path at = root;
      try {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
          throw new SourceException(Obstacle.MISSING, root + " is not there");
        }
        add(root, "");
        while (!directories.isEmpty()) {
          String name = directories.remove();
          at = Names.resolve(root, name);
          list(at, name);
        }
      } catch (DirectoryIteratorException e) {
        throw Failures.of(Objects.requireNonNull(e.getCause()), "read", at);
      } catch (IOException e) {
        throw Failures.of(e, "read", at);
      }
      if (!refused.isEmpty()) {
        throw new SourceException(Obstacle.UNSUPPORTED, sentence());
      }
      files.sort(Comparator.comparing(found -> found.node().name(), Names.BYTE_ORDER));
      excluded.sort(Names.BYTE_ORDER);
      return new TreeScan(List.copyOf(files), List.copyOf(excluded));
    }

    private void list(Path directory, String name) throws IOException {
      try (var children = Files.newDirectoryStream(directory)) {
        for (Path child : children) {
          addNamed(child, name);
        }
      } catch (NoSuchFileException e) {
        return; // it vanished, and its parent's new time tells that to whoever compares
      }
    }

    private void addNamed(Path child, String parent) throws IOException {
      String name;
      try {
        name = Names.child(parent, Names.of(child.getFileName()));
      } catch (CharacterCodingException e) {
        refused.add(child + " (its name is not UTF-8)");
        return;
      }
      if (excludes.match(name)) {
        excluded.add(name);
        return;
      }
      try {
        add(child, name);
      } catch (NoSuchFileException e) {
        return; // as above
      } catch (CharacterCodingException e) {
        refused.add(child + " (what it links to is not UTF-8)");
      }
    }

    private void add(Path path, String name) throws IOException {
      Optional<Found> seen = Found.look(path, name);
      if (seen.isEmpty()) {
        refused.add(path + " (a socket, a pipe or a device)");
        return;
      }
      Found found = seen.get();
      if (!files.isEmpty() && found.device() != files.getFirst().device()) {
        refused.add(path + " (on another file system)");
        return;
      }
      files.add(
          new Found(
              excludes.content(found.node()), found.inode(), found.device(), found.changed()));
      if (found.node().kind() == Kind.DIRECTORY) {
        directories.add(name);
      }
    }

    private String sentence() {
      refused.sort(Names.BYTE_ORDER);
      String first = String.join(", ", refused.subList(0, Math.min(NAMED, refused.size())));
      int more = refused.size() - NAMED;
      return "%s holds what cannot be saved: %s%s"
          .formatted(root, first, more > 0 ? ", and " + more + " more" : "");
    }
  }
}
