package dev.holdfast.backup;

import dev.holdfast.backup.Manifest.Lacking;
import dev.holdfast.backup.Manifest.Member;
import dev.holdfast.quorum.QuorumDirectory;
import dev.holdfast.registry.hive.HiveCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/**
 * A backup that was written. Nothing of it is believed: what is in it must be what its manifest
 * says, under names that a quorum directory has, and every byte that is neither is known
 * beforehand. For one thread.
 */
public final class BackupFile implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final Manifest manifest;
  private final Layout layout;

  /** Where the content of each member begins. */
  private final Map<String, Long> offsets = new LinkedHashMap<>();

  private BackupFile(Path file, FileChannel channel, Manifest manifest, Layout layout) {
    this.file = file;
    this.channel = channel;
    this.manifest = manifest;
    this.layout = layout;
    long at = layout.membersAt();
    for (Member member : layout.members()) {
      offsets.put(member.name(), at + Layout.BLOCK_BYTES);
      at += Layout.BLOCK_BYTES + Layout.padded(member.sizeBytes());
    }
  }

  /**
   * Opens a backup and reads its manifest. Nothing else is looked at but the size and the digest of
   * the manifest.
   *
   * @throws MalformedBackupException it is no backup, or not a whole one, or of a format that is
   *     not known
   */
  public static BackupFile open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new MalformedBackupException(
          Files.exists(file) ? "it is not a file" : "there is no such file");
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      ByteBuffer json = manifest(channel);
      Manifest manifest = ManifestJson.read(bytes(json));
      check(manifest);
      Layout layout = new Layout(json.asReadOnlyBuffer(), manifest.takenAt(), manifest.members());
      if (channel.size() != layout.fileBytes()) {
        throw new MalformedBackupException(
            "it has %,d bytes, and its manifest says %,d"
                .formatted(channel.size(), layout.fileBytes()));
      }
      var backup = new BackupFile(file, channel, manifest, layout);
      backup.requireSame(0, layout.manifestHeader(), Manifest.FILE + " has another header");
      long manifestEnd = (long) Layout.BLOCK_BYTES + json.capacity();
      backup.requireSame(
          manifestEnd,
          ByteBuffer.allocate((int) (layout.membersAt() - manifestEnd)),
          "what follows its manifest is not zeros");
      backup.requireSame(
          layout.sealAt(),
          layout.tail(),
          "its end is another one: its manifest is not the one that was written, or the file was"
              + " changed after");
      return backup;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static ByteBuffer manifest(FileChannel channel) throws IOException {
    ByteBuffer header = read(channel, 0, Layout.BLOCK_BYTES);
    TarArchiveEntry entry;
    try {
      entry = new TarArchiveEntry(bytes(header));
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new MalformedBackupException("it does not begin as a backup does", e);
    }
    if (!entry.getName().equals(Manifest.FILE) || !entry.isCheckSumOK()) {
      throw new MalformedBackupException("it does not begin as a backup does");
    }
    if (entry.getSize() > Layout.MANIFEST_BYTES_MAX || entry.getSize() < 1) {
      throw new MalformedBackupException(
          "its manifest would have %,d bytes".formatted(entry.getSize()));
    }
    return read(channel, Layout.BLOCK_BYTES, (int) entry.getSize());
  }

  private static void check(Manifest manifest) throws MalformedBackupException {
    if (!manifest.format().equals(Manifest.FORMAT)) {
      throw new MalformedBackupException(
          "its format is \"%s\", this program knows \"%s\"; use the program that made it"
              .formatted(shown(manifest.format()), Manifest.FORMAT));
    }
    Set<String> names = new HashSet<>();
    long total = 0;
    for (Member member : manifest.members()) {
      if (!Layout.isName(member.name())) {
        throw new MalformedBackupException(
            "it has a member \"%s\", and no quorum directory has".formatted(shown(member.name())));
      }
      if (!names.add(member.name())) {
        throw new MalformedBackupException("it has a member twice: " + member.name());
      }
      total += Math.max(0, member.sizeBytes());
      if (member.sizeBytes() < 0 || total < 0) {
        throw new MalformedBackupException("it has a member of no possible size: " + member.name());
      }
    }
  }

  private static String shown(String text) {
    String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
    return plain.length() > 100 ? plain.substring(0, 100) + "…" : plain;
  }

  public Manifest manifest() {
    return manifest;
  }

  public Path file() {
    return file;
  }

  public long sizeBytes() {
    return layout.fileBytes();
  }

  /**
   * Reads all of it: each byte, whether the database opens and is at its revision, and whether all
   * is there that it names.
   *
   * @return what is wrong, in the file's order; empty for a good backup
   */
  public List<Finding> verify(Progress progress) throws IOException {
    List<Finding> findings = new ArrayList<>();
    for (Member member : layout.members()) {
      long at = offset(member);
      if (!isSame(at - Layout.BLOCK_BYTES, layout.header(member))) {
        findings.add(Finding.broken(member.name(), "its header is not the one that was written"));
      }
      String digest = digest(member, progress);
      if (!digest.equals(member.digest())) {
        findings.add(
            Finding.broken(
                member.name(), "its digest is %s, it was %s".formatted(digest, member.digest())));
      }
      int padding = (int) (Layout.padded(member.sizeBytes()) - member.sizeBytes());
      if (!isSame(at + member.sizeBytes(), ByteBuffer.allocate(padding))) {
        findings.add(Finding.broken(member.name(), "what follows it is not zeros"));
      }
    }
    if (findings.isEmpty()) {
      verifyContents(findings);
    }
    return findings;
  }

  /** What is said together: format, database, and what that names. */
  private void verifyContents(List<Finding> findings) throws IOException {
    String format = QuorumDirectory.FORMAT_FILE;
    if (!offsets.containsKey(format)
        || !new String(bytes(content(format)), StandardCharsets.UTF_8)
            .strip()
            .equals(QuorumDirectory.FORMAT)) {
      findings.add(Finding.broken(format, "it is not \"" + QuorumDirectory.FORMAT + "\""));
    }
    HiveCopy.Content database;
    try {
      database = database();
    } catch (IOException e) {
      findings.add(
          Finding.broken(
              QuorumDirectory.LOG_FILE, "the database does not open: " + e.getMessage()));
      return;
    }
    if (!database.hiveId().equals(manifest.cluster())
        || database.snapshot().revision().number() != manifest.revision()) {
      findings.add(
          Finding.broken(
              QuorumDirectory.LOG_FILE,
              "it is of cluster %s at revision %s, the manifest says %s at %d"
                  .formatted(
                      database.hiveId(),
                      database.snapshot().revision(),
                      manifest.cluster(),
                      manifest.revision())));
    }
    Set<String> unnamed = new HashSet<>(offsets.keySet());
    unnamed.removeIf(name -> name.indexOf('/') < 0);
    List<Needed> all;
    try {
      all = Needed.of(database.snapshot());
    } catch (IllegalArgumentException e) {
      findings.add(
          Finding.broken(
              QuorumDirectory.LOG_FILE, "it has a record that cannot be read: " + e.getMessage()));
      return;
    }
    for (Needed needed : all) {
      unnamed.remove(needed.name());
      lookFor(needed, findings);
    }
    unnamed.stream()
        .sorted()
        .forEach(name -> findings.add(Finding.broken(name, "the database does not name it")));
  }

  private void lookFor(Needed needed, List<Finding> findings) {
    if (offsets.containsKey(needed.name())) {
      return;
    }
    String why =
        manifest.lacking().stream()
            .filter(each -> each.name().equals(needed.name()))
            .findFirst()
            .map(Lacking::why)
            .orElse("");
    findings.add(
        why.isEmpty()
            ? Finding.broken(needed.name(), "it is not there; needed by " + needed.by())
            : Finding.lacking(
                needed.name(),
                "it was %s when the backup was taken; needed by %s".formatted(why, needed.by())));
  }

  /** The database that is in it. */
  HiveCopy.Content database() throws IOException {
    return HiveCopy.read(new BackupStorage(this), QuorumDirectory.LOG_FILE);
  }

  List<Member> members() {
    return layout.members();
  }

  /** Where a member's content begins; below zero if there is no such member. */
  long offset(String name) {
    return offsets.getOrDefault(name, -1L);
  }

  long size(String name) {
    return layout.members().stream()
        .filter(each -> each.name().equals(name))
        .mapToLong(Member::sizeBytes)
        .findFirst()
        .orElse(-1);
  }

  /** Fills the buffer as far as the file goes; the count of bytes read. */
  int read(long at, ByteBuffer target) throws IOException {
    int total = 0;
    while (target.hasRemaining()) {
      int count = channel.read(target, at + total);
      if (count < 0) {
        break;
      }
      total += count;
    }
    return total;
  }

  /** Takes pieces of a member's content. */
  @FunctionalInterface
  interface Pieces {
    void take(ByteBuffer piece) throws IOException;
  }

  /**
   * Reads a member.
   *
   * @throws MalformedBackupException it is not what was written; said after its last piece
   */
  void copy(Member member, Pieces to, Progress progress) throws IOException {
    var sha = new Sha256();
    forEachPiece(
        member,
        piece -> {
          sha.add(piece);
          to.take(piece);
        },
        progress);
    String digest = sha.text();
    if (!digest.equals(member.digest())) {
      throw new MalformedBackupException(
          "%s has the digest %s, it was %s".formatted(member.name(), digest, member.digest()));
    }
  }

  private String digest(Member member, Progress progress) throws IOException {
    var sha = new Sha256();
    forEachPiece(member, sha::add, progress);
    return sha.text();
  }

  private void forEachPiece(Member member, Pieces to, Progress progress) throws IOException {
    long from = offset(member);
    for (long at = 0; at < member.sizeBytes(); at += PIECE_BYTES) {
      ByteBuffer piece =
          read(channel, from + at, (int) Math.min(PIECE_BYTES, member.sizeBytes() - at));
      progress.at(from + at + piece.limit(), layout.fileBytes());
      to.take(piece);
    }
  }

  private ByteBuffer content(String name) throws IOException {
    return read(channel, offset(name), Math.toIntExact(Math.min(size(name), PIECE_BYTES)));
  }

  private long offset(Member member) {
    return offset(member.name());
  }

  private void requireSame(long at, ByteBuffer expected, String otherwise) throws IOException {
    if (!isSame(at, expected)) {
      throw new MalformedBackupException(otherwise);
    }
  }

  private boolean isSame(long at, ByteBuffer expected) throws IOException {
    return read(channel, at, expected.remaining()).equals(expected);
  }

  private static ByteBuffer read(FileChannel channel, long at, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new MalformedBackupException(
            "it ends after %,d bytes, in the middle of something".formatted(channel.size()));
      }
    }
    return buffer.flip();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    var bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
