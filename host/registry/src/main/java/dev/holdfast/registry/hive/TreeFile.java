package dev.holdfast.registry.hive;

import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.TreeCodec;
import dev.holdfast.registry.hive.LogFormat.Header;
import dev.holdfast.registry.hive.LogFormat.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/** Writes a new hive file that begins with a tree, and checks it by reading it back. */
final class TreeFile {
  private static final int COPY_BYTES = 1 << 20;

  private final StorageFile file;
  private final byte[] hiveId;
  private final long base;
  private ByteBuffer buffer = buffer(4_096);
  private long offset = LogFormat.HEADER_BYTES;

  private TreeFile(StorageFile file, UUID hiveId, long base) {
    this.file = file;
    this.hiveId = LogFormat.bytes(hiveId);
    this.base = base;
  }

  /**
   * Writes the tree into an empty file, syncs it, reads it again and compares it with the tree.
   *
   * @return where the records after the tree go
   */
  static long write(StorageFile file, String name, UUID hiveId, Snapshot snapshot)
      throws IOException {
    var tree = new TreeFile(file, hiveId, snapshot.revision().number());
    TreeCodec.Size size = TreeCodec.write(snapshot.root(), tree::piece);
    var header =
        new Header(
            LogFormat.VERSION,
            hiveId,
            snapshot.revision(),
            tree.offset - LogFormat.HEADER_BYTES,
            size,
            digest(file, tree.offset));
    file.write(0, LogFormat.encode(header));
    file.sync();
    LogReplay.Replayed copy = LogReplay.replay(file, name);
    if (copy.end() != tree.offset
        || !copy.header().equals(header)
        || !TreeCodec.same(copy.snapshot().root(), snapshot.root())) {
      throw new IOException(
          "the copy of the tree in %s is not what was written; it is not used".formatted(name));
    }
    return tree.offset;
  }

  private void piece(ByteBuffer piece) throws IOException {
    long size = LogFormat.recordBytes(piece.remaining());
    if (size > buffer.capacity()) {
      buffer = buffer((int) Math.max(size, 2L * buffer.capacity()));
    }
    buffer.clear();
    LogFormat.put(buffer, hiveId, Kind.TREE, base, 0, piece);
    file.write(offset, buffer.flip());
    offset += size;
  }

  /** The digest of the tree's records, from the header to that offset, as they are in the file. */
  static String digest(StorageFile file, long end) throws IOException {
    MessageDigest digest = sha256();
    var buffer = ByteBuffer.allocate((int) Math.min(COPY_BYTES, end));
    long offset = LogFormat.HEADER_BYTES;
    while (offset < end) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - offset));
      int count = file.read(offset, buffer);
      if (count == 0) {
        throw new IOException("the file ended while its tree was read");
      }
      digest.update(buffer.flip());
      offset += count;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }
}
