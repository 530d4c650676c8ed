package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.Holder;
import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.SourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What must hold before a tree is replaced. Changes nothing. */
final class Checks {
  private static final int BLOCK_BYTES = 4096;

  /** For the work directory and the journal. */
  private static final int OVERHEAD_BYTES = 4 * BLOCK_BYTES;

  private static final int STICKY = 01000;

  private final Root root;
  private final Excludes excludes;
  private final Machine machine;

  Checks(Root root, Excludes excludes, Machine machine) {
    this.root = root;
    this.excludes = excludes;
    this.machine = machine;
  }

  /** The live tree, that could be saved; null if it is missing. */
  @Nullable TreeScan live() throws SourceException {
    return root.exists() ? TreeScan.of(root.path(), excludes) : null;
  }

  /** Nothing that is content may be mounted there. */
  void mountsForCapture() throws SourceException {
    for (Path point : mounts()) {
      if (!point.toString().isEmpty() && !excludes.cover(name(point))) {
        throw unsupported("something is mounted inside, at %s", root.path().resolve(point));
      }
    }
  }

  /** Neither the root nor what is in it may be a mount point, which cannot be renamed. */
  void mountsForRestore() throws SourceException {
    for (Path point : mounts()) {
      if (point.toString().isEmpty()) {
        throw unsupported(
            "%s is itself a mount point and cannot be replaced in one step;"
                + " let the checkpoint be of a directory in it",
            root.path());
      }
      throw unsupported(
          "something is mounted inside, at %s, and would be moved", root.path().resolve(point));
    }
  }

  /** Relative to the root. */
  private List<Path> mounts() throws SourceException {
    try {
      if (!root.exists()) {
        return List.of();
      }
      Path real = root.path().toRealPath();
      return Mounts.within(real, machine.proc()).stream().map(real::relativize).toList();
    } catch (IOException e) {
      throw Failures.of(e, "read what is mounted in", root.path());
    }
  }

  private static String name(Path relative) throws SourceException {
    try {
      return Names.of(relative);
    } catch (IOException e) {
      throw Failures.of(e, "read the name of", relative);
    }
  }

  /** What is excluded must have somewhere to be. */
  void placesOfExcluded(Saved saved, TreeScan live) throws SourceException {
    Map<String, Kind> kinds = new HashMap<>();
    saved.nodes().forEach(node -> kinds.put(node.name(), node.kind()));
    for (String name : live.excluded()) {
      for (String above = name; !above.isEmpty(); ) {
        above = Names.parent(above);
        Kind kind = kinds.get(above);
        if (kind != null && kind != Kind.DIRECTORY) {
          throw new SourceException(
              Obstacle.UNSUPPORTED,
              "%s is excluded and has no place in what was saved: %s is a %s there"
                  .formatted(
                      Names.resolve(root.path(), name), Names.resolve(root.path(), above), kind));
        }
      }
    }
  }

  /** Those who write to the tree. */
  List<Holder> holders() throws SourceException {
    try {
      return new OpenFiles(root, excludes, machine.proc()).holders();
    } catch (IOException e) {
      throw Failures.of(e, "find out who holds", root.path());
    }
  }

  /**
   * We must be allowed to rename the tree, to delete what is in it and to give away what is new.
   */
  void permissions(Saved saved, @Nullable TreeScan live) throws SourceException {
    try {
      if (!Files.isDirectory(root.parent())) {
        throw new SourceException(
            Obstacle.MISSING, "%s, where it belongs, is not there".formatted(root.parent()));
      }
      Credentials own = machine.credentials().own();
      writable(root.parent());
      if (live != null) {
        Found parent = Found.look(root.parent().toRealPath(), "").orElseThrow(AssertionError::new);
        long owner = live.files().getFirst().node().uid();
        if ((parent.node().mode() & STICKY) != 0 && !own.mayRenameOf(owner, parent.node().uid())) {
          throw denied("%s is another user's, in a sticky directory", root.path());
        }
        for (Found found : live.files()) {
          if (found.node().kind() == Kind.DIRECTORY) {
            writable(Names.resolve(root.path(), found.node().name()));
          }
        }
      }
      for (Node node : saved.nodes()) {
        if (!own.mayGiveTo(node.uid(), node.gid())) {
          throw denied(
              "%s cannot be given to user " + node.uid() + " and group " + node.gid(),
              Names.resolve(root.path(), node.name()));
        }
      }
    } catch (IOException e) {
      throw Failures.of(e, "find out who may write to", root.path());
    }
  }

  private static void writable(Path directory) throws SourceException {
    if (!Files.isWritable(directory) || !Files.isExecutable(directory)) {
      throw denied("%s may not be written to", directory);
    }
  }

  /** Both trees are there for a while. */
  void room(Saved saved) throws SourceException {
    try {
      long needed = OVERHEAD_BYTES;
      for (Node node : saved.nodes()) {
        needed += Math.ceilDiv(node.size(), BLOCK_BYTES) * BLOCK_BYTES;
        needed += node.kind() == Kind.DIRECTORY ? BLOCK_BYTES : 0;
      }
      long usable = machine.room().usableBytes(root.parent());
      if (usable < needed) {
        throw new SourceException(
            Obstacle.NO_SPACE,
            "%s needs %,d bytes beside it, and %,d are left"
                .formatted(root.path(), needed, usable));
      }
    } catch (IOException e) {
      throw Failures.of(e, "find out what room there is beside", root.path());
    }
  }

  private static SourceException unsupported(String sentence, Path path) {
    return new SourceException(Obstacle.UNSUPPORTED, sentence.formatted(path));
  }

  private static SourceException denied(String sentence, Path path) {
    return new SourceException(Obstacle.ACCESS_DENIED, sentence.formatted(path));
  }
}
