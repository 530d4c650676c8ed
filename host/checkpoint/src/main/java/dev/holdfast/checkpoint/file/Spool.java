package dev.holdfast.checkpoint.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a tar goes while it is made: through a digest and, if one is given, into a file. It can be
 * taken back to where it was, which is how a file is read again that changed under its reader.
 */
final class Spool implements AutoCloseable {
  private final @Nullable FileChannel file;
  private MessageDigest digest = sha256();
  private long length;

  private Spool(@Nullable FileChannel file) {
    this.file = file;
  }

  /** For the digest alone. */
  static Spool ofNothing() {
    return new Spool(null);
  }

  /** Into a new file that only we may read: it holds what may be secret. */
  static Spool into(Path file) throws IOException {
    return new Spool(
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
  }

  /** Writes what remains in the buffer. */
  void write(ByteBuffer bytes) throws IOException {
    length += bytes.remaining();
    digest.update(bytes.duplicate());
    if (file == null) {
      bytes.position(bytes.limit());
      return;
    }
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  Mark mark() {
    try {
      return new Mark(length, (MessageDigest) digest.clone());
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("The JDK's own SHA-256 can be cloned", e);
    }
  }

  /** Forgets all since the mark, which cannot be used again. */
  void reset(Mark mark) throws IOException {
    length = mark.length;
    digest = mark.digest;
    if (file != null) {
      file.truncate(length);
    }
  }

  /** What was written, as {@code sha256:HEX}. Nothing can be written after. */
  String fingerprint() {
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every JDK has SHA-256", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }

  /** A place to come back to. */
  record Mark(long length, MessageDigest digest) {}
}
