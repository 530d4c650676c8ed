package dev.holdfast.checkpoint.file;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * An extended attribute as a pax record. GNU tar's keyword {@code SCHILY.xattr.user.NAME} holds the
 * value as it is, which our reader takes for text. Values that are no text are under libarchive's
 * keyword {@code LIBARCHIVE.xattr.user.NAME}, in base64; of which the empty value is "=", because a
 * pax record without a value takes a record back.
 */
final class PaxAttribute {
  private static final String PLAIN = "SCHILY.xattr.user.";
  private static final String ENCODED = "LIBARCHIVE.xattr.user.";
  private static final String EMPTY = "=";

  private PaxAttribute() {}

  /** Whether a record can hold an attribute of that name: a keyword ends at the first "=". */
  static boolean canHold(String name) {
    return name.indexOf('=') < 0 && name.indexOf('\uFFFD') < 0;
  }

  static String keyword(String name, byte[] value) {
    return (isText(value) ? PLAIN : ENCODED) + name;
  }

  static byte[] record(byte[] value) {
    if (isText(value)) {
      return value;
    }
    return value.length == 0
        ? EMPTY.getBytes(StandardCharsets.US_ASCII)
        : Base64.getEncoder().encode(value);
  }

  /**
   * The attribute that a record holds, if it holds one.
   *
   * @throws IllegalArgumentException it is not base64
   */
  static Optional<Map.Entry<String, byte[]>> read(String keyword, String record) {
    if (keyword.startsWith(PLAIN)) {
      return Optional.of(
          Map.entry(keyword.substring(PLAIN.length()), record.getBytes(StandardCharsets.UTF_8)));
    }
    if (keyword.startsWith(ENCODED)) {
      byte[] value = record.equals(EMPTY) ? new byte[0] : Base64.getDecoder().decode(record);
      return Optional.of(Map.entry(keyword.substring(ENCODED.length()), value));
    }
    return Optional.empty();
  }

  private static boolean isText(byte[] value) {
    if (value.length == 0) {
      return false;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
