package dev.holdfast.checkpoint.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The directory beside a tree in which a restore does its work, and what a process leaves that
 * dies:
 *
 * <pre>
 * .NAME.holdfast-RANDOM/
 *   new       the staged tree; and, after both have changed places, the old one
 *   old       the old tree, where the kernel cannot have two files change places
 *   journal   see {@link Journal}; there once the staged tree is whole and durable
 * </pre>
 *
 * <p>Whoever finds one without a journal deletes it. With a journal, the inode of the staged tree
 * says all. Where it is still {@code new}, the restore is undone: if nothing is at the root, then
 * {@code old} is moved back. Else the staged tree has taken its place, and the restore is finished:
 * what is excluded and still in the old tree is moved into the new one. Each can be done over again
 * by whoever comes next, because the directory itself goes last.
 */
final class Work {
  private static final String MARK = ".holdfast-";
  private static final Pattern RANDOM = Pattern.compile("[0-9a-f]{16}");

  /** Of a name's bytes: with the rest it must not be longer than 255. */
  private static final int LONGEST_NAME_BYTES = 200;

  private final Root root;
  private final Path directory;
  private final Steps steps;

  private Work(Root root, Path directory, Steps steps) {
    this.root = root;
    this.directory = directory;
    this.steps = steps;
  }

  static Work begin(Root root, Steps steps) throws IOException {
    String random = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
    Path directory = Names.resolve(root.parent(), prefix(root) + random);
    steps.at("begin");
    Files.createDirectory(directory, Staging.PRIVATE_DIRECTORY);
    steps.done("begin");
    return new Work(root, directory, steps);
  }

  /** Those that restores of this tree have left. */
  static List<Work> left(Root root, Steps steps) throws IOException {
    String prefix = prefix(root);
    var left = new ArrayList<Work>();
    try (DirectoryStream<Path> siblings = Files.newDirectoryStream(root.parent())) {
      for (Path sibling : siblings) {
        String name = new String(Names.bytes(sibling.getFileName()), StandardCharsets.UTF_8);
        if (name.startsWith(prefix)
            && RANDOM.matcher(name.substring(prefix.length())).matches()
            && Files.isDirectory(sibling, LinkOption.NOFOLLOW_LINKS)) {
          left.add(new Work(root, sibling, steps));
        }
      }
    }
    return left;
  }

  private static String prefix(Root root) {
    byte[] name = Names.bytes(root.name());
    String stem =
        name.length <= LONGEST_NAME_BYTES
            ? new String(name, StandardCharsets.UTF_8)
            : HexFormat.of().formatHex(Spool.sha256().digest(name));
    return "." + stem + MARK;
  }

  Path directory() {
    return directory;
  }

  Path staged() {
    return directory.resolve("new");
  }

  private Path old() {
    return directory.resolve("old");
  }

  private Path journal() {
    return directory.resolve("journal");
  }

  /**
   * Makes the staged tree durable, and then the intent.
   *
   * @param excludes that apply
   */
  void seal(Excludes excludes) throws IOException {
    steps.at("sync the staged tree");
    Posix.syncFileSystem(directory);
    steps.done("sync the staged tree");
    new Journal(Found.inode(staged()), excludes.globs()).write(journal(), steps);
    Directories.sync(root.parent());
  }

  /**
   * Puts the staged tree into its place; durable when this returns. When this throws, the tree is
   * what it was.
   *
   * @param exchanges whether to try that the two change places in one step
   */
  void swap(boolean exchanges) throws IOException {
    steps.at("swap");
    if (!root.exists()) {
      Files.move(staged(), root.path());
    } else if (isFile(root.path()) && isFile(staged())) {
      Files.move(staged(), root.path(), StandardCopyOption.ATOMIC_MOVE);
    } else if (!exchanges || !Posix.exchange(staged(), root.path())) {
      swapInTwo();
    }
    steps.done("swap");
    steps.at("sync the swap");
    Directories.sync(directory);
    Directories.sync(root.parent());
    steps.done("sync the swap");
  }

  private void swapInTwo() throws IOException {
    Files.move(root.path(), old(), StandardCopyOption.ATOMIC_MOVE);
    try {
      steps.at("swap the other half");
      Files.move(staged(), root.path(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.move(old(), root.path(), StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether the staged tree has left for the root. */
  boolean isSwapped() throws IOException {
    Optional<Journal> journal = Journal.read(journal());
    return journal.isPresent() && Found.inode(staged()) != journal.get().stagedInode();
  }

  /**
   * Undoes or finishes what a process left that died.
   *
   * @return what should be said
   */
  List<String> recover() throws IOException {
    if (!isSwapped()) {
      return undo();
    }
    long inode = Journal.read(journal()).map(Journal::stagedInode).orElse(-1L);
    if (Found.inode(root.path()) == inode) {
      return finish();
    }
    // Others were here meanwhile, and what they did to the root is theirs. If they deleted it and
    // made
    // another that got its inode's number, this is not seen, and the other gets what is excluded.
    if (exists(old()) && !root.exists()) {
      return undo();
    }
    if (exists(old()) || exists(staged())) {
      return List.of(keep("what was at %s before a restore".formatted(root.path())));
    }
    discard();
    return List.of();
  }

  /**
   * After the swap: moves what is excluded into the new tree and deletes the old one.
   *
   * @return what should be said
   */
  List<String> finish() throws IOException {
    List<String> excludes = Journal.read(journal()).map(Journal::excludes).orElse(List.of());
    Path before = exists(old()) ? old() : staged();
    var carrying = new CarryOver(before, root.path(), new Excludes(excludes), steps);
    List<String> notes = new ArrayList<>(carrying.run());
    if (carrying.isComplete()) {
      discard();
    } else {
      notes.add(
          keep("excluded files of %s that have no place in it any more".formatted(root.path())));
    }
    return notes;
  }

  /** Before the swap, or when there was none: leaves the tree as it was. */
  List<String> undo() throws IOException {
    if (exists(old())) {
      if (root.exists()) {
        return List.of(
            keep("what was at %s before somebody else put something there".formatted(root.path())));
      }
      steps.at("swap back");
      Files.move(old(), root.path(), StandardCopyOption.ATOMIC_MOVE);
      Directories.sync(root.parent());
    }
    discard();
    return List.of();
  }

  /** Deletes all of it, the journal after the trees. */
  void discard() throws IOException {
    for (Path tree : List.of(staged(), old())) {
      steps.at("delete a tree");
      Directories.delete(tree);
      steps.done("delete a tree");
    }
    steps.at("delete the journal");
    Directories.delete(directory);
    Directories.sync(root.parent());
    steps.done("delete the journal");
  }

  /** Renames it, so that nobody finds it but people. */
  private String keep(String what) throws IOException {
    Path kept = directory.resolveSibling(directory.getFileName() + ".kept");
    steps.at("keep");
    Files.move(directory, kept, StandardCopyOption.ATOMIC_MOVE);
    Directories.sync(root.parent());
    return "%s is kept: %s".formatted(kept, what);
  }
}
