package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.Capture;
import dev.holdfast.checkpoint.Difference;
import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.Source;
import dev.holdfast.checkpoint.SourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A directory with all in it, or one file, as what a checkpoint is of.
 *
 * <p>Kept are: the bytes of files, directories, what symbolic links lead to, owners and groups by
 * number, all twelve bits of modes, the times at which files and directories were modified, to the
 * nanosecond, and extended attributes in the namespace {@code user}. Where something is excluded,
 * the times of directories are not kept, because excluded files change them. Never kept are: that
 * two names are of one file (they are restored as two), holes in files, access control lists,
 * capabilities and security labels, flags such as {@code chattr +i}, the times of symbolic links,
 * and other times.
 *
 * <p>Refused, as {@link Obstacle#UNSUPPORTED}, are trees that hold sockets, pipes, devices, names
 * that are not UTF-8, or mount points, where these are not excluded; a root that is a symbolic
 * link, {@code /}, or in {@code /proc}, {@code /sys} or {@code /dev}. A root that is itself a mount
 * point can be saved but not restored, because it cannot be replaced in one step; nor can one that
 * has a mount point in what is excluded.
 *
 * <p>What is excluded is neither saved nor restored, deleted or told of. A restore moves it from
 * the old tree into the new one by renaming, so it stays the same file for whoever has it open; for
 * the blink of an eye it is in neither. If a directory is not in what was saved, but excluded files
 * are in it, then it stays for them; a capture differs by this directory from what was saved.
 *
 * <p>A restore replaces the whole tree, in one step where the file system can ({@code
 * renameat2(RENAME_EXCHANGE)}), else in two. It is durable when it returns. If the process dies,
 * {@link #recover} leaves the tree wholly old or wholly new; captures and restores call it first.
 * Room is needed for both trees, in the directory that the tree is in, and this must be writable.
 *
 * <p>Safe for use by many threads; all that concerns one root is done one after the other.
 */
public final class FileTree implements Source {
  /** Two trees of one root would recover from each other's restores. */
  private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private final Path path;
  private final Excludes excludes;
  private final Path temporary;
  private final Machine machine;
  private final Watches watches = new Watches();

  /**
   * @param path absolute and normal; whether it can be saved is seen when it is
   * @param excludes globs of names below the root, in the words of {@link
   *     java.nio.file.FileSystem#getPathMatcher}: {@code *.tmp} is at the top only, {@code **.tmp}
   *     anywhere. With a directory all below it is excluded
   * @param temporary a directory in which captures keep their tar until they are closed. It is
   *     there, and outside the tree
   * @throws IllegalArgumentException a glob is malformed
   */
  public FileTree(Path path, List<String> excludes, Path temporary) {
    this(path, excludes, temporary, Steps.UNSEEN);
  }

  /**
   * As the other, with somebody who looks on.
   *
   * @param steps is told of each step
   */
  public FileTree(Path path, List<String> excludes, Path temporary, Steps steps) {
    this(path, excludes, temporary, Machine.OURS.withSteps(steps));
  }

  FileTree(Path path, List<String> excludes, Path temporary, Machine machine) {
    this.path = path;
    this.excludes = new Excludes(excludes);
    this.temporary = temporary;
    this.machine = machine;
  }

  /**
   * Undoes or finishes a restore that a process began and did not end. Does nothing if there is
   * none, and can be called again if it failed.
   *
   * @return what should be said, one sentence each
   */
  public static List<String> recover(Path path) throws SourceException {
    return recover(path, Steps.UNSEEN);
  }

  /**
   * As the other, with somebody who looks on.
   *
   * @param steps is told of each step
   */
  public static List<String> recover(Path path, Steps steps) throws SourceException {
    return locked(path, root -> Recovery.run(root, steps));
  }

  @Override
  public Capture capture() throws SourceException {
    return locked(path, this::captureOf);
  }

  private Capture captureOf(Root root) throws SourceException {
    Recovery.run(root, machine.steps());
    new Checks(root, excludes, machine).mountsForCapture();
    Path tar = temporary.resolve("checkpoint-" + UUID.randomUUID() + ".tar");
    boolean taken = false;
    try (Spool spool = spool(tar)) {
      new TreeTaker(root.path(), fileName(root), excludes, machine.steps()).take(spool);
      machine.steps().done("make the tar");
      taken = true;
      return new FileCapture(tar, spool.fingerprint());
    } catch (IOException e) {
      throw Failures.of(e, "write", tar);
    } finally {
      if (!taken) {
        deleteQuietly(tar);
      }
    }
  }

  private Spool spool(Path tar) throws IOException {
    machine.steps().at("make the tar");
    return Spool.into(tar);
  }

  private static void deleteQuietly(Path tar) {
    try {
      Files.deleteIfExists(tar);
    } catch (IOException e) {
      return; // the failure that led here is the one to be told
    }
  }

  @Override
  public List<String> restore(Path saved, boolean force) throws SourceException {
    return locked(
        path,
        root -> {
          var notes = new ArrayList<>(Recovery.run(root, machine.steps()));
          notes.addAll(new Restoration(root, excludes, machine, watches).run(saved, force));
          return List.copyOf(notes);
        });
  }

  @Override
  public void rehearse(Path saved) throws SourceException {
    locked(
        path,
        root -> {
          new Restoration(root, excludes, machine, watches).rehearse(saved);
          return List.of();
        });
  }

  /** Also of a tree that is not there yet, if the directory is that it is to be in. */
  @Override
  public Watching watch(Runnable changed) throws SourceException {
    return TreeWatch.begin(Root.of(path), excludes, changed, watches);
  }

  @Override
  public List<Difference> diff(Path from, Path to) throws SourceException {
    try {
      return TreeDiff.between(from, to);
    } catch (IOException e) {
      throw Saved.unreadable(e);
    }
  }

  /** What a root is called in a tar if it is a file. */
  static String fileName(Root root) throws SourceException {
    try {
      return Names.of(root.name());
    } catch (IOException e) {
      throw new SourceException(
          Obstacle.UNSUPPORTED, "the name of %s is not UTF-8".formatted(root.path()), List.of(), e);
    }
  }

  private static <T> T locked(Path path, Task<T> task) throws SourceException {
    Root root = Root.of(path);
    ReentrantLock lock = LOCKS.computeIfAbsent(path, any -> new ReentrantLock());
    lock.lock();
    try {
      return task.run(root);
    } finally {
      lock.unlock();
    }
  }

  /** Something to be done with a tree. */
  @FunctionalInterface
  private interface Task<T> {
    T run(Root root) throws SourceException;
  }
}
