package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.Source;
import dev.holdfast.checkpoint.SourceException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A watch of a tree, with a virtual thread of its own. What the kernel tells is looked at under a
 * lock, which a restore holds while it replaces the tree; what was told of the old one is then
 * dropped, and the new one is watched afresh. Where nothing can be watched any more, because a
 * limit is reached or the directory is gone that the tree was in, it is told every few seconds that
 * there may be changes, so that whoever wants to know looks.
 */
final class TreeWatch implements Source.Watching {
  /** How often it is told that there may be changes, and tried again, while nothing is watched. */
  private static final long RETRY_SECONDS = 10;

  private final Root root;
  private final Excludes excludes;
  private final Runnable changed;
  private final Watches others;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closed;

  /** Null while nothing can be watched, because the parent is gone or a limit is reached. */
  private volatile @Nullable Inotify inotify;

  private TreeWatch(Root root, Excludes excludes, Runnable changed, Watches others) {
    this.root = root;
    this.excludes = excludes;
    this.changed = changed;
    this.others = others;
  }

  /** Begins a watch, which is among the others until it is closed. */
  static TreeWatch begin(Root root, Excludes excludes, Runnable changed, Watches others)
      throws SourceException {
    var watch = new TreeWatch(root, excludes, changed, others);
    try {
      watch.inotify = Inotify.begin(root, excludes);
    } catch (IOException e) {
      throw refusal(e, root.path());
    }
    others.add(watch);
    Thread.ofVirtual().name("file watch of " + root.path()).start(watch::run);
    return watch;
  }

  /** The limits of inotify are told by the JDK in these words, and moved by an operator. */
  static SourceException refusal(IOException failure, Path root) {
    String words = String.valueOf(failure.getMessage());
    if (words.contains("inotify watches")) {
      return limit("fs.inotify.max_user_watches", "a watch for each directory", root, failure);
    }
    if (words.contains("inotify instances")) {
      return limit("fs.inotify.max_user_instances", "one for each checkpoint", root, failure);
    }
    return Failures.of(failure, "watch", root);
  }

  private static SourceException limit(String name, String use, Path root, IOException failure) {
    return new SourceException(
        Obstacle.IO,
        "cannot watch %s: the limit %s is reached, which needs %s".formatted(root, name, use),
        List.of(),
        failure);
  }

  private void run() {
    while (!closed) {
      try {
        boolean tell = next();
        if (tell && !closed) {
          changed.run();
        }
      } catch (InterruptedException e) {
        return; // nobody interrupts it but whoever wants it to end
      }
    }
  }

  /** Waits for what comes next, and returns whether it is to be told. */
  private boolean next() throws InterruptedException {
    Inotify waited = inotify;
    if (waited == null) {
      TimeUnit.SECONDS.sleep(RETRY_SECONDS);
      retry();
      return true;
    }
    try {
      WatchKey key = waited.take();
      lock.lock();
      try {
        return inotify == waited && handle(waited, key);
      } finally {
        lock.unlock();
      }
    } catch (ClosedWatchServiceException e) {
      return false; // it was closed, or renewed
    }
  }

  private boolean handle(Inotify current, WatchKey key) {
    try {
      return switch (current.handle(key)) {
        case NOTHING -> false;
        case CHANGED -> true;
        case LOST -> {
          renewInotify();
          yield true;
        }
      };
    } catch (IOException e) {
      drop();
      return true;
    }
  }

  private void retry() {
    lock.lock();
    try {
      if (inotify == null && !closed) {
        renewInotify();
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<IOException> renewInotify() {
    drop();
    try {
      Inotify fresh = Inotify.begin(root, excludes);
      inotify = fresh;
      if (closed) {
        fresh.close();
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    }
  }

  private void drop() {
    Inotify current = inotify;
    inotify = null;
    if (current != null) {
      current.close();
    }
  }

  /** Tells nothing until the same thread calls one of the following. */
  void suspend() {
    lock.lock();
  }

  /** Tells what was held back. */
  void resume() {
    lock.unlock();
  }

  /** Watches the tree that is there now. See {@link Watches#renew}. */
  Optional<String> renew(TreeScan expected) {
    Optional<IOException> failure;
    try {
      failure = renewInotify();
    } finally {
      lock.unlock();
    }
    if (!closed && !isStill(expected)) {
      changed.run();
    }
    return failure.map(e -> "for now it is not watched: " + refusal(e, root.path()).getMessage());
  }

  private boolean isStill(TreeScan expected) {
    try {
      return expected.isSameAs(TreeScan.of(root.path(), excludes));
    } catch (SourceException e) {
      return false; // whatever it is, it is not what was expected
    }
  }

  @Override
  public void close() {
    closed = true;
    others.remove(this);
    Inotify current = inotify;
    if (current != null) {
      current.close();
    }
  }
}
