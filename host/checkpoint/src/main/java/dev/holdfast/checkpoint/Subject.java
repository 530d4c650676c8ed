package dev.holdfast.checkpoint;

import java.util.List;
import java.util.Locale;

/**
 * What a checkpoint is of.
 *
 * @param path relative to HKLM as it was typed; or an absolute path of a file system
 * @param excludes globs of files that are left out, below the tree's root; none for a key
 */
public record Subject(Kind kind, String path, List<String> excludes) {
  private static final int PATH_CHARS_MAX = 4_096;

  /** The two kinds of source. */
  public enum Kind {
    REGISTRY,
    FILE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks what can be seen without looking at the node. */
  public Subject {
    excludes = List.copyOf(excludes);
    if (path.isEmpty()) {
      throw new IllegalArgumentException("what is checkpointed has a path, found none");
    }
    if (path.length() > PATH_CHARS_MAX) {
      throw new IllegalArgumentException(
          "a checkpoint's path has at most %,d characters, found %,d"
              .formatted(PATH_CHARS_MAX, path.length()));
    }
    if (kind == Kind.REGISTRY && path.startsWith("\\")) {
      throw new IllegalArgumentException(
          "a checkpoint's path is relative to HKLM and has no leading backslash: registry:Software\\X; found \"%s\""
              .formatted(path));
    }
    if (kind == Kind.REGISTRY && !excludes.isEmpty()) {
      throw new IllegalArgumentException("only files can be excluded, and this is a registry key");
    }
    if (kind == Kind.FILE && !path.startsWith("/")) {
      throw new IllegalArgumentException(
          "a file checkpoint has an absolute path: file:/etc/x; found \"%s\"".formatted(path));
    }
  }

  /**
   * What is written so: {@code registry:Software\X}, {@code file:/etc/x}.
   *
   * @throws IllegalArgumentException it is neither, or the path is not one
   */
  public static Subject parse(String text, List<String> excludes) {
    int colon = text.indexOf(':');
    String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    String path = text.substring(colon + 1);
    return switch (scheme) {
      case "registry" -> new Subject(Kind.REGISTRY, withoutRoot(path), excludes);
      case "file" -> new Subject(Kind.FILE, path, excludes);
      default ->
          throw new IllegalArgumentException(
              "a checkpoint is of registry:PATH or of file:PATH; found \"%s\"".formatted(text));
    };
  }

  /** The root that all paths have may be said, as elsewhere. */
  private static String withoutRoot(String path) {
    for (String root : List.of("HKLM\\", "HKEY_LOCAL_MACHINE\\")) {
      if (path.regionMatches(true, 0, root, 0, root.length())) {
        return path.substring(root.length());
      }
    }
    return path;
  }

  @Override
  public String toString() {
    return kind + ":" + path;
  }
}
