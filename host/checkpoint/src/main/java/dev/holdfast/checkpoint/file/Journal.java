package dev.holdfast.checkpoint.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is written down before a staged tree takes its place: from then on a process that died is
 * either undone or finished, and this says which. Lines of UTF-8:
 *
 * <pre>
 * holdfast-restore 1
 * staged INODE          of the root of the staged tree
 * exclude GLOB          each that applies
 * end
 * </pre>
 *
 * @param stagedInode stands at the root of the tree if and only if the restore is to be finished
 */
record Journal(long stagedInode, List<String> excludes) {
  private static final String FIRST = "holdfast-restore 1";
  private static final String STAGED = "staged ";
  private static final String EXCLUDE = "exclude ";
  private static final String LAST = "end";

  /** Writes it, whole or not at all; durable when this returns. */
  void write(Path file, Steps steps) throws IOException {
    var text =
        new StringBuilder(FIRST).append('\n').append(STAGED).append(stagedInode).append('\n');
    excludes.forEach(glob -> text.append(EXCLUDE).append(glob).append('\n'));
    text.append(LAST).append('\n');
    Path fresh = file.resolveSibling("journal.new");
    steps.at("write the journal");
    try (FileChannel channel =
        FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      steps.done("write the journal");
      steps.at("sync the journal");
      channel.force(true);
      steps.done("sync the journal");
    }
    steps.at("name the journal");
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    Directories.sync(Directories.of(file));
    steps.done("name the journal");
  }

  /** Empty if it was never written. */
  static Optional<Journal> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.size() < 3
        || !lines.getFirst().equals(FIRST)
        || !lines.get(1).startsWith(STAGED)
        || !lines.getLast().equals(LAST)) {
      throw new IOException("it is no journal of a restore that this version knows");
    }
    var excludes = new ArrayList<String>();
    for (String line : lines.subList(2, lines.size() - 1)) {
      excludes.add(line.substring(EXCLUDE.length()));
    }
    long inode = Long.parseLong(lines.get(1).substring(STAGED.length()));
    return Optional.of(new Journal(inode, List.copyOf(excludes)));
  }
}
