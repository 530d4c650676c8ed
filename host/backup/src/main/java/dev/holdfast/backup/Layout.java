package dev.holdfast.backup;

import dev.holdfast.backup.Manifest.Member;
import dev.holdfast.quorum.QuorumDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipEncoding;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;

/**
 * Where everything is in a backup, to the byte. {@link Manifest} draws it.
 *
 * @param manifest the bytes of the manifest's member
 * @param at the time that all headers have
 * @param members all between manifest and seal
 */
record Layout(ByteBuffer manifest, Instant at, List<Member> members) {
  static final int BLOCK_BYTES = TarConstants.DEFAULT_RCDSIZE;

  /** Room for a hundred thousand members. */
  static final int MANIFEST_BYTES_MAX = 64 << 20;

  private static final int MODE = 0600;
  private static final int END_BLOCKS = 2;
  private static final ZipEncoding UTF_8 = ZipEncodingHelper.getZipEncoding("UTF-8");

  private static final Pattern NAME =
      Pattern.compile(
          "%s|%s(?:\\.\\d{1,19}\\.(?:regf|digest))?|%s/[0-9a-f]{64}|%s/[0-9a-f]{64}\\.zip"
              .formatted(
                  Pattern.quote(QuorumDirectory.FORMAT_FILE),
                  Pattern.quote(QuorumDirectory.LOG_FILE),
                  QuorumDirectory.BLOBS,
                  QuorumDirectory.PLUGINS));

  static Layout of(Manifest manifest) {
    return new Layout(
        ByteBuffer.wrap(ManifestJson.write(manifest)).asReadOnlyBuffer(),
        manifest.takenAt(),
        manifest.members());
  }

  /** Whether a quorum directory has files of such a name; nothing else gets in or out. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Where the first member's header is. */
  long membersAt() {
    return BLOCK_BYTES + padded(manifest.remaining());
  }

  /** Where the seal's header is. */
  long sealAt() {
    long at = membersAt();
    for (Member member : members) {
      at += BLOCK_BYTES + padded(member.sizeBytes());
    }
    return at;
  }

  long fileBytes() {
    return sealAt() + BLOCK_BYTES + BLOCK_BYTES + (long) END_BLOCKS * BLOCK_BYTES;
  }

  ByteBuffer manifestHeader() {
    return header(Manifest.FILE, manifest.remaining());
  }

  ByteBuffer header(Member member) {
    return header(member.name(), member.sizeBytes());
  }

  /** All from the seal's header to the end of the file. */
  ByteBuffer tail() {
    byte[] seal =
        "%s  %s\n".formatted(hex(manifest), Manifest.FILE).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer tail = ByteBuffer.allocate((int) (fileBytes() - sealAt()));
    tail.put(header(Manifest.SEAL, seal.length)).put(seal);
    return tail.rewind();
  }

  private static String hex(ByteBuffer bytes) {
    var sha = new Sha256();
    sha.add(bytes);
    return sha.hex();
  }

  private ByteBuffer header(String name, long sizeBytes) {
    var entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL);
    entry.setMode(MODE);
    entry.setUserId(0);
    entry.setGroupId(0);
    entry.setUserName("");
    entry.setGroupName("");
    entry.setSize(sizeBytes);
    entry.setLastModifiedTime(FileTime.from(Instant.ofEpochSecond(at.getEpochSecond())));
    byte[] block = new byte[BLOCK_BYTES];
    try {
      // Sizes of 8 GiB and more as GNU tar writes them.
      entry.writeEntryHeader(block, UTF_8, true);
    } catch (IOException e) {
      throw new UncheckedIOException("every name in a backup is ASCII", e);
    }
    return ByteBuffer.wrap(block);
  }

  static long padded(long bytes) {
    return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
  }
}
