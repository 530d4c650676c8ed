package dev.holdfast.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests, as they are written everywhere: {@code sha256:HEX}. */
final class Sha256 {
  private static final int PIECE_BYTES = 1 << 20;

  private final MessageDigest digest = algorithm();

  void add(ByteBuffer bytes) {
    digest.update(bytes.duplicate());
  }

  /** Of all that was added; nothing can be added after. */
  String text() {
    return "sha256:" + hex();
  }

  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  static String of(ByteBuffer bytes) {
    var sha = new Sha256();
    sha.add(bytes);
    return sha.text();
  }

  static String of(Path file) throws IOException {
    var sha = new Sha256();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
      while (channel.read(piece.clear()) >= 0) {
        sha.add(piece.flip());
      }
    }
    return sha.text();
  }

  private static MessageDigest algorithm() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
