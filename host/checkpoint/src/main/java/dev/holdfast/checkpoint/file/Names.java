package dev.holdfast.checkpoint.file;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;

/**
 * Names of files as strings, whatever locale the service was started in. A JVM in the C locale
 * cannot turn {@code é} into a path nor a path into {@code é}; but it keeps a path's bytes, and a
 * URI shows them. Names are UTF-8; those that are not are refused.
 */
final class Names {
  /** The order of the names' bytes, which is that of their code points. */
  static final Comparator<String> BYTE_ORDER = Names::compare;

  private static final Path TOP = Path.of("/");

  private Names() {}

  /** The path as it was written, with what a link's target may hold, such as a double slash. */
  static String of(Path path) throws CharacterCodingException {
    String text = path.toString();
    if (isAscii(text)) {
      return text;
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(path))).toString();
  }

  static byte[] bytes(Path path) {
    String text = path.toString();
    if (isAscii(text)) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
    String raw = TOP.resolve(path).toUri().getRawPath();
    int from = path.isAbsolute() ? 0 : 1;
    // A directory's URI ends with a slash.
    int to = raw.endsWith("/") && !text.endsWith("/") ? raw.length() - 1 : raw.length();
    var bytes = new ByteArrayOutputStream();
    for (int i = from; i < to; i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        bytes.write(HexFormat.fromHexDigits(raw, i + 1, i + 3));
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    return bytes.toByteArray();
  }

  /** The file of a name below a directory; the directory itself for the empty name. */
  static Path resolve(Path directory, String name) {
    if (name.isEmpty()) {
      return directory;
    }
    return directory.resolve(isAscii(name) ? Path.of(name) : encoded(name));
  }

  /** The name as a path without a root. */
  private static Path encoded(String name) {
    var uri = new StringBuilder("file:///");
    HexFormat hex = HexFormat.of().withUpperCase();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      if (b == '/') {
        uri.append('/');
      } else {
        uri.append('%').append(hex.toHexDigits(b));
      }
    }
    return TOP.relativize(Path.of(URI.create(uri.toString())));
  }

  /** The name without its last step; empty when there is but one. */
  static String parent(String name) {
    int slash = name.lastIndexOf('/');
    return slash < 0 ? "" : name.substring(0, slash);
  }

  static String child(String parent, String name) {
    return parent.isEmpty() ? name : parent + "/" + name;
  }

  static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // In UTF-16 alone the supplementary characters come before U+E000.
        boolean surrogates = Character.isSurrogate(x) != Character.isSurrogate(y);
        return surrogates ? (Character.isSurrogate(x) ? 1 : -1) : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
