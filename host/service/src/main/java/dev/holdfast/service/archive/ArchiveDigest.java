package dev.holdfast.service.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The SHA-256 of an archive's bytes; written {@code sha256:HEX}.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record ArchiveDigest(String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
  private static final String PREFIX = "sha256:";
  private static final int BUFFER_BYTES = 1 << 16;

  /**
   * Checks the digits.
   *
   * @throws IllegalArgumentException when they are not 64 lower-case hexadecimal ones
   */
  public ArchiveDigest {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("'" + hex + "' is no SHA-256 in lower-case hexadecimal.");
    }
  }

  /** Reads {@code sha256:HEX}, or the digits alone. */
  public static ArchiveDigest parse(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return new ArchiveDigest(lower.startsWith(PREFIX) ? lower.substring(PREFIX.length()) : lower);
  }

  /** Reads the whole file. */
  public static ArchiveDigest of(Path file) throws IOException {
    MessageDigest sha256 = sha256();
    var buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
      }
    }
    return of(sha256);
  }

  static ArchiveDigest of(MessageDigest sha256) {
    return new ArchiveDigest(HexFormat.of().formatHex(sha256.digest()));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256; this one does not.", e);
    }
  }

  @Override
  public String toString() {
    return PREFIX + hex;
  }
}
