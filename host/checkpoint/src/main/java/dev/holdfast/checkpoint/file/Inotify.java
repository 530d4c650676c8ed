package dev.holdfast.checkpoint.file;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;

/**
 * The directories of one tree as the kernel watches them, each for itself, and the parent of the
 * root, where the root comes and goes. The JDK also asks for changes of attributes, and tells them
 * as modifications. All but {@link #take} and {@link #close} by one thread at a time.
 */
final class Inotify {
  /** What an event was. */
  enum Outcome {
    NOTHING,
    CHANGED,
    /** Events were lost, or the root itself was replaced: all is to be watched anew. */
    LOST
  }

  /** No name of a file. */
  private static final String PARENT = "/";

  private final Root root;
  private final Excludes excludes;
  private final WatchService service;
  private final Map<WatchKey, String> names = new HashMap<>();

  private Inotify(Root root, Excludes excludes) throws IOException {
    this.root = root;
    this.excludes = excludes;
    this.service = root.path().getFileSystem().newWatchService();
  }

  static Inotify begin(Root root, Excludes excludes) throws IOException {
    var inotify = new Inotify(root, excludes);
    try {
      // The parent first, so that a root that comes meanwhile is told.
      inotify.register(root.parent(), PARENT);
      inotify.add("");
      return inotify;
    } catch (IOException e) {
      inotify.close();
      throw e;
    }
  }

  WatchKey take() throws InterruptedException {
    return service.take();
  }

  Outcome handle(WatchKey key) throws IOException {
    String directory = names.get(key);
    Outcome outcome = Outcome.NOTHING;
    for (WatchEvent<?> event : key.pollEvents()) {
      Outcome next = directory == null ? Outcome.NOTHING : handle(event, directory);
      outcome = next.compareTo(outcome) > 0 ? next : outcome;
    }
    if (!key.reset()) {
      names.remove(key);
      if (PARENT.equals(directory)) {
        return Outcome.LOST;
      }
    }
    return outcome;
  }

  private Outcome handle(WatchEvent<?> event, String directory) throws IOException {
    if (event.kind().equals(OVERFLOW) || !(event.context() instanceof Path file)) {
      return Outcome.LOST;
    }
    if (directory.equals(PARENT)) {
      if (!file.equals(root.name())) {
        return Outcome.NOTHING;
      }
      return event.kind().equals(ENTRY_MODIFY) ? Outcome.CHANGED : Outcome.LOST;
    }
    String name = Names.child(directory, Names.of(file));
    if (excludes.match(name)) {
      return Outcome.NOTHING;
    }
    if (event.kind().equals(ENTRY_DELETE)) {
      forget(name);
    } else if (event.kind().equals(ENTRY_CREATE)) {
      add(name);
    }
    return Outcome.CHANGED;
  }

  /** Watches a directory, if it is one, and all below it. What vanishes meanwhile is left out. */
  private void add(String name) throws IOException {
    Path path = Names.resolve(root.path(), name);
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      register(path, name);
      try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
        for (Path child : children) {
          String childName = Names.child(name, Names.of(child.getFileName()));
          if (!excludes.match(childName)) {
            add(childName);
          }
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return; // whoever took it away is told by its parent
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private void register(Path directory, String name) throws IOException {
    names.put(directory.register(service, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY), name);
  }

  /** A directory that was moved elsewhere would be watched there too. */
  private void forget(String name) {
    names
        .entrySet()
        .removeIf(
            entry -> {
              String watched = entry.getValue();
              boolean gone = watched.equals(name) || watched.startsWith(name + "/");
              if (gone) {
                entry.getKey().cancel();
              }
              return gone;
            });
  }

  void close() {
    try {
      service.close();
    } catch (IOException e) {
      throw new UncheckedIOException("inotify could not be closed", e);
    }
  }
}
