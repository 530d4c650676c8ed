package dev.holdfast.registry.regtext;

import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.Limits;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads registry text as Windows does, which goes on after what it does not understand; but here
 * everything that is left out is told.
 *
 * <p>Where we differ from Windows on purpose: values below a line that should have been a key's and
 * is not one are left out; Windows would set them in the key before.
 */
public final class RegTextParser {
  /** A text, in bytes. */
  public static final int FILE_BYTES_MAX = 256 << 20;

  private static final int SHOWN_CHARS_MAX = 80;

  /** Data of a value that may be the same as others; more takes as much of the text. */
  private static final int SHARED_BYTES_MAX = 8;

  private static final String FUZZY_HEADER = "REGEDIT";
  private static final List<String> ROOTS =
      List.of(
          "HKEY_CLASSES_ROOT",
          "HKEY_CURRENT_CONFIG",
          "HKEY_CURRENT_USER",
          "HKEY_LOCAL_MACHINE",
          "HKEY_USERS");

  private final Lines lines;
  private final boolean textIsWide;
  private final Shared<String> names = Shared.names();
  private final Shared<RegistryValue> values = Shared.values();
  private final List<RegOperation> operations = new ArrayList<>();
  private final List<RegText.Skipped> skipped = new ArrayList<>();
  private long skippedCount;

  /** The key that values belong to; null where they belong to none, for that reason. */
  private @Nullable Section section;

  private String noSection = "no key comes before it";

  private record Section(String root, KeyPath key) {}

  /** A value of the line that is read is not one; the message says why. */
  private static final class Unreadable extends Exception {
    Unreadable(String reason) {
      super(reason, null, false, false);
    }
  }

  private RegTextParser(Lines lines, boolean textIsWide) {
    this.lines = lines;
    this.textIsWide = textIsWide;
  }

  /**
   * Reads a text.
   *
   * @param file how it is called in a message
   * @throws RegTextException if it does not begin as registry text does
   */
  public static RegText parse(String file, byte[] bytes) throws RegTextException {
    if (bytes.length > FILE_BYTES_MAX) {
      throw new RegTextException(
          file,
          "%,d bytes, at most %,d are read (FILE_BYTES_MAX)"
              .formatted(bytes.length, FILE_BYTES_MAX));
    }
    var lines = new Lines(decode(bytes));
    String first = lines.next();
    String header = first == null ? "" : new LineParser(first).rest();
    for (RegTextVersion version : RegTextVersion.values()) {
      if (header.equals(version.header())) {
        var parser = new RegTextParser(lines, version == RegTextVersion.VERSION_5);
        parser.all();
        // A line that was swallowed by a value is told before the value is.
        parser.skipped.sort(Comparator.comparingInt(RegText.Skipped::line));
        return new RegText(header, parser.operations, parser.skipped, parser.skippedCount);
      }
    }
    if (header.startsWith(FUZZY_HEADER)) {
      var all = new RegText.Skipped(1, shown(header), "with this first line nothing is read");
      return new RegText(header, List.of(), List.of(all), 1);
    }
    throw new RegTextException(
        file,
        "it begins with \"%s\" and neither with \"%s\" nor with \"%s\""
            .formatted(
                shown(header),
                RegTextVersion.VERSION_5.header(),
                RegTextVersion.REGEDIT4.header()));
  }

  private static String decode(byte[] bytes) {
    boolean wide = bytes.length >= 2 && (bytes[0] & 0xFF) == 0xFF && (bytes[1] & 0xFF) == 0xFE;
    return wide ? Utf16.decode(bytes, 2, bytes.length) : CodePage.decode(bytes, 0, bytes.length);
  }

  private void all() {
    for (String line = lines.next(); line != null; line = lines.next()) {
      var parser = new LineParser(line);
      int number = lines.number();
      if (parser.isAtEndOrComment() || parser.peek() == '#') {
        continue;
      }
      try {
        line(parser, number);
      } catch (Unreadable e) {
        skip(number, line, String.valueOf(e.getMessage()));
      }
    }
  }

  private void line(LineParser line, int number) throws Unreadable {
    if (line.take("[")) {
      section = null;
      noSection = "its key was left out";
      requireNoNul(line);
      key(line.rest(), number);
      return;
    }
    requireNoNul(line);
    if (line.take("@")) {
      value(line, "", number);
    } else if (line.take("\"")) {
      String name = line.quoted();
      if (name == null) {
        throw new Unreadable("no quote ends the value's name, or a NUL is in it");
      }
      value(line, name, number);
    } else {
      throw new Unreadable("neither a key nor a value");
    }
  }

  private static void requireNoNul(LineParser line) throws Unreadable {
    if (line.rest().indexOf('\0') >= 0) {
      throw new Unreadable("a NUL is in it");
    }
  }

  private void key(String bracketed, int number) throws Unreadable {
    int end = bracketed.lastIndexOf(']');
    if (end < 0) {
      throw new Unreadable("no bracket ends the key");
    }
    boolean deletion = bracketed.startsWith("-");
    String whole = bracketed.substring(deletion ? 1 : 0, Math.max(end, deletion ? 1 : 0));
    int slash = whole.indexOf('\\');
    String root = root(slash < 0 ? whole : whole.substring(0, slash));
    String path = slash < 0 ? "" : whole.substring(slash + 1);
    KeyPath key;
    try {
      // Hivexregedit ends the key that it exports with one.
      String named = path.endsWith("\\") ? path.substring(0, path.length() - 1) : path;
      key = KeyPath.of(named, names::one);
    } catch (IllegalArgumentException e) {
      throw new Unreadable(String.valueOf(e.getMessage()));
    }
    if (!deletion) {
      operations.add(new RegOperation.CreateKey(number, root, key));
      section = new Section(root, key);
      return;
    }
    if (key.isRoot()) {
      throw new Unreadable("a root key cannot be deleted");
    }
    operations.add(new RegOperation.DeleteKey(number, root, key));
    noSection = "its key is deleted";
  }

  private static String root(String name) throws Unreadable {
    int known = ROOTS.indexOf(name.toUpperCase(Locale.ROOT));
    if (known < 0) {
      throw new Unreadable("no root key is called \"" + shown(name) + "\"");
    }
    return ROOTS.get(known);
  }

  private void value(LineParser line, String name, int number) throws Unreadable {
    line.skipBlanks();
    if (!line.take("=")) {
      throw new Unreadable("no \"=\" follows the value's name");
    }
    line.skipBlanks();
    if (line.take("-")) {
      requireEnd(line);
      Section key = requireSection();
      String shared = names.one(name);
      operations.add(new RegOperation.DeleteValue(number, key.root(), key.key(), shared));
      return;
    }
    RegistryValue read = data(line, names.one(checked(name)));
    RegistryValue value = read.sizeBytes() <= SHARED_BYTES_MAX ? values.one(read) : read;
    Section key = requireSection();
    operations.add(new RegOperation.SetValue(number, key.root(), key.key(), value));
  }

  private static String checked(String name) throws Unreadable {
    if (name.length() > Limits.VALUE_NAME_CHARS_MAX) {
      throw new Unreadable(
          "a name of %,d characters, at most %,d are allowed (VALUE_NAME_CHARS_MAX)"
              .formatted(name.length(), Limits.VALUE_NAME_CHARS_MAX));
    }
    return name;
  }

  private Section requireSection() throws Unreadable {
    if (section == null) {
      throw new Unreadable(noSection);
    }
    return section;
  }

  private static void requireEnd(LineParser line) throws Unreadable {
    if (!line.isAtEndOrComment()) {
      throw new Unreadable("something follows that is no comment");
    }
  }

  private RegistryValue data(LineParser line, String name) throws Unreadable {
    if (line.take("\"")) {
      String text = line.quoted();
      if (text == null) {
        throw new Unreadable("no quote ends the text, or a NUL is in it");
      }
      requireEnd(line);
      return value(name, ValueType.REG_SZ, Utf16.encode(text + "\0"));
    }
    if (line.take("dword:")) {
      String digits = line.hexDigits(8);
      if (digits == null) {
        throw new Unreadable("a dword has one to eight hexadecimal digits");
      }
      requireEnd(line);
      return RegistryValue.dword(name, Integer.parseUnsignedInt(digits, 16));
    }
    if (line.take("hex:")) {
      return hex(line, name, ValueType.REG_BINARY);
    }
    if (line.take("hex(")) {
      String digits = line.hexDigits(8);
      if (digits == null || !line.take("):")) {
        throw new Unreadable("the type in brackets is no number of up to eight digits");
      }
      return hex(line, name, Integer.parseUnsignedInt(digits, 16));
    }
    throw new Unreadable("the data is neither a text nor a dword nor hex");
  }

  private RegistryValue hex(LineParser line, String name, int type) throws Unreadable {
    var data = new HexData(lines);
    byte[] bytes = data.read(line);
    if (bytes == null) {
      String swallowed = data.swallowed();
      if (swallowed != null) {
        skip(lines.number(), swallowed, "taken for more data of the value before it");
      }
      throw new Unreadable("the bytes are not two digits each with a comma between them");
    }
    boolean text = type == ValueType.REG_EXPAND_SZ || type == ValueType.REG_MULTI_SZ;
    return value(name, type, text && bytes.length > 0 ? terminated(bytes) : bytes);
  }

  /** One NUL is added where none is at the end: not two, also where a list should have two. */
  private byte[] terminated(byte[] bytes) {
    byte[] wide = textIsWide ? bytes : Utf16.encode(CodePage.decode(bytes, 0, bytes.length));
    int end = wide.length;
    boolean ends = end % 2 == 0 && wide[end - 1] == 0 && wide[end - 2] == 0;
    return ends ? wide : Arrays.copyOf(wide, end + 2);
  }

  private static RegistryValue value(String name, int type, byte[] data) throws Unreadable {
    if (data.length > Limits.VALUE_BYTES_MAX) {
      throw new Unreadable(
          "%,d bytes of data, at most %,d are allowed (VALUE_BYTES_MAX)"
              .formatted(data.length, Limits.VALUE_BYTES_MAX));
    }
    return RegistryValue.of(name, type, data);
  }

  private void skip(int number, String line, String reason) {
    skippedCount++;
    if (skipped.size() < RegText.SKIPPED_MAX) {
      skipped.add(new RegText.Skipped(number, shown(line), reason));
    }
  }

  private static String shown(String text) {
    return text.length() <= SHOWN_CHARS_MAX ? text : text.substring(0, SHOWN_CHARS_MAX) + "…";
  }
}
