package dev.holdfast.backup;

import dev.holdfast.backup.Manifest.Lacking;
import dev.holdfast.backup.Manifest.Member;
import dev.holdfast.quorum.Blobs;
import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.quorum.QuorumDirectory;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.hive.HiveCopy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A backup that is being taken of a quorum directory: the database at one revision, and all that it
 * names. Writers go on meanwhile. Until this is closed no blob is deleted, and plugin archives are
 * kept open, so that what goes meanwhile is still read.
 *
 * <p>What the database names and is missing or damaged is left out, and the manifest says so: a
 * backup without it is better than none. For one thread.
 */
public final class Backup implements AutoCloseable {
  /** Contents are looked for anew when some went between the snapshot and the look. */
  private static final int LOOKS_MAX = 5;

  private static final int PIECE_BYTES = 1 << 20;

  private final Blobs.Keeping keeping;
  private final Map<String, Content> contents;
  private final Manifest manifest;
  private final Layout layout;

  private Backup(Blobs.Keeping keeping, Map<String, Content> contents, Manifest manifest) {
    this.keeping = keeping;
    this.contents = contents;
    this.manifest = manifest;
    this.layout = Layout.of(manifest);
  }

  /** Where a member's bytes come from. */
  private sealed interface Content {
    record Memory(ByteBuffer bytes) implements Content {}

    record Disk(Path file, FileChannel channel) implements Content {}
  }

  /**
   * Begins a backup, and reads all that will be in it once, to know that it is good.
   *
   * @param blobs those of the log's directory, as its user has them
   * @param node who takes it
   */
  public static Backup of(DirectoryQuorumLog log, Blobs blobs, String node, Instant now)
      throws IOException {
    Blobs.Keeping keeping = blobs.keepAll();
    Map<String, Content> contents = new TreeMap<>();
    try {
      for (int look = 1; ; look++) {
        Snapshot database = log.snapshot();
        List<Lacking> lacking = new ArrayList<>();
        List<Member> members = new ArrayList<>();
        addDatabase(log, database, members, contents);
        for (Needed needed : Needed.of(database)) {
          add(log.directory(), needed, members, lacking, contents);
        }
        boolean moved = !log.snapshot().revision().equals(database.revision());
        if (lacking.isEmpty() || !moved || look == LOOKS_MAX) {
          return new Backup(
              keeping,
              contents,
              new Manifest(
                  Manifest.FORMAT,
                  log.id(),
                  node,
                  log.directory().toAbsolutePath().toString(),
                  database.revision().number(),
                  now,
                  members,
                  lacking));
        }
        closeAll(contents);
      }
    } catch (IOException | RuntimeException | Error e) {
      try (keeping) {
        closeAll(contents);
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  private static void addDatabase(
      DirectoryQuorumLog log,
      Snapshot database,
      List<Member> members,
      Map<String, Content> contents) {
    ByteBuffer format =
        ByteBuffer.wrap((QuorumDirectory.FORMAT + "\n").getBytes(StandardCharsets.UTF_8));
    var parts = new ArrayList<HiveCopy.Part>();
    parts.add(new HiveCopy.Part(QuorumDirectory.FORMAT_FILE, format));
    parts.addAll(
        HiveCopy.parts(QuorumDirectory.LOG_FILE, new HiveCopy.Content(log.id(), database)));
    for (HiveCopy.Part part : parts) {
      members.add(new Member(part.name(), part.bytes().remaining(), Sha256.of(part.bytes())));
      contents.put(part.name(), new Content.Memory(part.bytes()));
    }
  }

  private static void add(
      Path directory,
      Needed needed,
      List<Member> members,
      List<Lacking> lacking,
      Map<String, Content> contents)
      throws IOException {
    Path file = directory.resolve(needed.name());
    if (!Layout.isName(needed.name()) || !Files.isRegularFile(file)) {
      lacking.add(new Lacking(needed.name(), "missing", needed.by()));
      return;
    }
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      lacking.add(new Lacking(needed.name(), "missing", needed.by()));
      return;
    }
    try {
      long size = channel.size();
      if (!digest(file, channel).equals(needed.digest())) {
        lacking.add(new Lacking(needed.name(), "damaged", needed.by()));
        channel.close();
        return;
      }
      members.add(new Member(needed.name(), size, needed.digest()));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    if (needed.name().startsWith(QuorumDirectory.BLOBS)) {
      // Kept by name: there may be more of them than a process may have open.
      channel.close();
    }
    contents.put(needed.name(), new Content.Disk(file, channel));
  }

  private static String digest(Path file, FileChannel channel) throws IOException {
    var sha = new Sha256();
    ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
    for (long at = 0; ; at += piece.limit()) {
      int count = channel.read(piece.clear(), at);
      if (count < 0) {
        return sha.text();
      }
      if (count == 0) {
        throw new IOException("%s gives no bytes at %,d".formatted(file, at));
      }
      sha.add(piece.flip());
    }
  }

  public Manifest manifest() {
    return manifest;
  }

  /** What {@link #writeTo} writes, exactly. */
  public long sizeBytes() {
    return layout.fileBytes();
  }

  /**
   * Writes it; the stream stays open.
   *
   * @throws IOException also when a content is no longer what it was a moment ago; what was written
   *     is no backup then
   */
  public void writeTo(OutputStream out, Progress progress) throws IOException {
    var counted = new Counted(out, sizeBytes(), progress);
    counted.write(layout.manifestHeader());
    counted.write(layout.manifest().duplicate());
    counted.pad(layout.manifest().remaining());
    for (Member member : layout.members()) {
      counted.write(layout.header(member));
      switch (contents.get(member.name())) {
        case Content.Memory(ByteBuffer bytes) -> counted.write(bytes.duplicate());
        case Content.Disk(Path file, FileChannel channel) -> {
          if (channel.isOpen()) {
            write(member, file, channel, counted);
          } else {
            try (FileChannel opened = FileChannel.open(file, StandardOpenOption.READ)) {
              write(member, file, opened, counted);
            }
          }
        }
        case null -> throw new IllegalStateException("no content of member " + member);
      }
      counted.pad(member.sizeBytes());
    }
    counted.write(layout.tail());
  }

  private static void write(Member member, Path file, FileChannel channel, Counted out)
      throws IOException {
    var sha = new Sha256();
    ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
    long at = 0;
    while (at < member.sizeBytes()) {
      piece.clear().limit((int) Math.min(PIECE_BYTES, member.sizeBytes() - at));
      int count = channel.read(piece, at);
      if (count <= 0) {
        break;
      }
      at += count;
      sha.add(piece.flip());
      out.write(piece);
    }
    if (at < member.sizeBytes() || !sha.text().equals(member.digest())) {
      throw new IOException(
          "no backup was made: %s changed while it was read; look at it with: holdfast checkpoint verify"
              .formatted(file));
    }
  }

  private static void closeAll(Map<String, Content> contents) throws IOException {
    for (Content content : contents.values()) {
      if (content instanceof Content.Disk(_, FileChannel channel)) {
        channel.close();
      }
    }
    contents.clear();
  }

  /**
   * Lets go of what was kept. Harmless when repeated.
   *
   * @throws IOException something could not be deleted that nobody needs any more; it takes room
   *     until the next start of the service
   */
  @Override
  public void close() throws IOException {
    try (keeping) {
      closeAll(contents);
    }
  }

  /** A stream that tells how far it has come. */
  private static final class Counted {
    private final OutputStream out;
    private final long of;
    private final Progress progress;
    private final byte[] piece = new byte[PIECE_BYTES];
    private long done;

    Counted(OutputStream out, long of, Progress progress) {
      this.out = out;
      this.of = of;
      this.progress = progress;
    }

    void write(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        int count = Math.min(piece.length, bytes.remaining());
        bytes.get(piece, 0, count);
        out.write(piece, 0, count);
        done += count;
        progress.at(done, of);
      }
    }

    void pad(long contentBytes) throws IOException {
      write(ByteBuffer.allocate((int) (Layout.padded(contentBytes) - contentBytes)));
    }
  }
}
