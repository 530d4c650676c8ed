package dev.holdfast.checkpoint.file;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Instant;
import java.util.List;

/**
 * What of a tree is no content. A glob is matched against the whole name below the root, as {@link
 * java.nio.file.FileSystem#getPathMatcher} has it: {@code *.tmp} is at the top only, {@code **.tmp}
 * anywhere, and of {@code cache/**} the directory itself remains. With a directory all below it is
 * excluded.
 */
final class Excludes {
  private static final Path TOP = Path.of("");

  private final List<String> globs;
  private final List<PathMatcher> matchers;

  /**
   * @throws IllegalArgumentException a glob is malformed
   */
  Excludes(List<String> globs) {
    this.globs = List.copyOf(globs);
    this.matchers = this.globs.stream().map(Excludes::matcher).toList();
  }

  private static PathMatcher matcher(String glob) {
    if (glob.isBlank() || glob.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("A glob is one line and not blank: '" + glob + "'");
    }
    return FileSystems.getDefault().getPathMatcher("glob:" + glob);
  }

  List<String> globs() {
    return globs;
  }

  boolean isEmpty() {
    return globs.isEmpty();
  }

  /** Whether the name itself is excluded, by a glob of its own. The root never is. */
  boolean match(String name) {
    if (name.isEmpty() || matchers.isEmpty()) {
      return false;
    }
    Path path = Names.resolve(TOP, name);
    return matchers.stream().anyMatch(matcher -> matcher.matches(path));
  }

  /** Whether the name or a directory above it is excluded. */
  boolean cover(String name) {
    if (matchers.isEmpty()) {
      return false;
    }
    for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
      if (match(name.substring(0, slash))) {
        return true;
      }
    }
    return match(name);
  }

  /**
   * Takes from a node what is no content: where something is excluded, what time a directory was
   * changed, because an excluded file would change it.
   */
  Node content(Node node) {
    return node.kind() == Kind.DIRECTORY && !isEmpty() ? node.withModified(Instant.EPOCH) : node;
  }
}
