package dev.holdfast.checkpoint.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * Unpacks a saved tree where nobody else looks. Nothing is there yet and only we may enter, so no
 * link can lead it astray. What a directory is to be is done last, because to fill it changes its
 * time, and it may be one that cannot be written to.
 */
final class Staging {
  static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path target;
  private final Steps steps;

  /** Whether the times of directories are content. */
  private final boolean timed;

  private final List<Map.Entry<Node, SortedMap<String, byte[]>>> directories = new ArrayList<>();

  private Staging(Path target, boolean timed, Steps steps) {
    this.target = target;
    this.timed = timed;
    this.steps = steps;
  }

  /** Unpacks; nothing of it is durable yet. */
  static void unpack(Saved saved, Excludes excludes, Path target, Steps steps) throws IOException {
    var staging = new Staging(target, excludes.isEmpty(), steps);
    Saved.visit(saved.tar(), excludes, staging::add);
    for (Map.Entry<Node, SortedMap<String, byte[]>> each : staging.directories.reversed()) {
      staging.finish(each.getKey(), each.getValue(), Names.resolve(target, each.getKey().name()));
    }
  }

  private void add(Node node, SortedMap<String, byte[]> attributes, InputStream content)
      throws IOException {
    steps.at("unpack");
    Path path = Names.resolve(target, node.name());
    switch (node.kind()) {
      case DIRECTORY -> {
        Files.createDirectory(path, PRIVATE_DIRECTORY);
        directories.add(Map.entry(node, attributes));
      }
      case LINK -> {
        Posix.symlink(node.target(), path);
        own(node, path);
      }
      case FILE -> {
        write(path, content);
        finish(node, attributes, path);
      }
    }
    steps.done("unpack");
  }

  private static void write(Path path, InputStream content) throws IOException {
    Files.createFile(path, PRIVATE_FILE);
    try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.WRITE)) {
      content.transferTo(out);
    }
  }

  private void finish(Node node, SortedMap<String, byte[]> attributes, Path path)
      throws IOException {
    Attributes.write(path, attributes);
    // The owner first: to change it takes the set-user-id bit away.
    own(node, path);
    Files.setAttribute(path, "unix:mode", node.mode());
    if (node.kind() != Kind.DIRECTORY || timed) {
      Files.setLastModifiedTime(path, FileTime.from(node.modified()));
    }
  }

  static void own(Node node, Path path) throws IOException {
    give(path, "unix:uid", node.uid());
    give(path, "unix:gid", node.gid());
  }

  private static void give(Path path, String attribute, long to) throws IOException {
    int wanted = (int) to;
    if (!Files.getAttribute(path, attribute, LinkOption.NOFOLLOW_LINKS).equals(wanted)) {
      Files.setAttribute(path, attribute, wanted, LinkOption.NOFOLLOW_LINKS);
    }
  }
}
