package dev.holdfast.checkpoint.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Moves what is excluded out of the old tree into the new one, by renaming it: files and
 * directories stay the ones that they were for whoever has them open. A directory that the new tree
 * lacks is made for what was in it. What stands in the new tree by then is newer, and stays.
 */
final class CarryOver {
  private final Path from;
  private final Path to;
  private final Excludes excludes;
  private final Steps steps;
  private final List<String> notes = new ArrayList<>();
  private final Set<Path> changed = new LinkedHashSet<>();
  private boolean complete = true;

  CarryOver(Path from, Path to, Excludes excludes, Steps steps) {
    this.from = from;
    this.to = to;
    this.excludes = excludes;
    this.steps = steps;
  }

  /** Moves all; durable when this returns. Returns what should be said. */
  List<String> run() throws IOException {
    if (!excludes.isEmpty() && isDirectory(from)) {
      try {
        search("");
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
      for (Path directory : changed) {
        steps.at("sync what was carried over");
        Directories.sync(directory);
        steps.done("sync what was carried over");
      }
    }
    return notes;
  }

  /** Whether nothing that is excluded remains in the old tree. */
  boolean isComplete() {
    return complete;
  }

  private void search(String name) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(Names.resolve(from, name))) {
      for (Path child : children) {
        String childName = Names.child(name, Names.of(child.getFileName()));
        if (excludes.match(childName)) {
          place(childName);
        } else if (isDirectory(child)) {
          search(childName);
        }
      }
    }
  }

  private void place(String name) throws IOException {
    Path source = Names.resolve(from, name);
    Path target = Names.resolve(to, name);
    if (!makeDirectories(Names.parent(name))) {
      complete = false;
    } else if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      steps.at("carry over");
      Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
      steps.done("carry over");
      changed.add(Directories.of(target));
    } else if (isDirectory(source) && isDirectory(target)) {
      try (DirectoryStream<Path> children = Files.newDirectoryStream(source)) {
        for (Path child : children) {
          place(Names.child(name, Names.of(child.getFileName())));
        }
      }
    } else {
      complete = false;
    }
  }

  /** Returns false if something else is in the way. */
  private boolean makeDirectories(String name) throws IOException {
    Path target = Names.resolve(to, name);
    if (isDirectory(target)) {
      return true;
    }
    if (name.isEmpty()
        || Files.exists(target, LinkOption.NOFOLLOW_LINKS)
        || !makeDirectories(Names.parent(name))) {
      return false;
    }
    Found model =
        Found.look(Names.resolve(from, name), name)
            .orElseThrow(() -> new NoSuchFileException(name));
    steps.at("make a directory for what is carried over");
    Files.createDirectory(target, Staging.PRIVATE_DIRECTORY);
    Staging.own(model.node(), target);
    Files.setAttribute(target, "unix:mode", model.node().mode());
    changed.add(Directories.of(target));
    notes.add(
        "%s is not in what was saved, and stays for the excluded files in it".formatted(target));
    return true;
  }

  private static boolean isDirectory(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }
}
