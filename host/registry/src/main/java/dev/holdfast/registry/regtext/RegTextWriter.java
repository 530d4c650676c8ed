package dev.holdfast.registry.regtext;

import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.ValueType;
import dev.holdfast.registry.regf.KeyInfo;
import dev.holdfast.registry.regf.KeyView;
import dev.holdfast.registry.regtext.RegTextLoss.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Writes registry text as regedit does: keys from the top down, each with its values and then an
 * empty line.
 *
 * <p>A REG_SZ is in quotes if it ends with its only NUL and stays within a line, and a REG_DWORD is
 * a number if it has four bytes; everything else is in hexadecimal with its type, so that all bytes
 * come back.
 */
public final class RegTextWriter {
  private static final int COLUMNS_MAX = 80;
  private static final String END = "\r\n";
  private static final HexFormat HEX = HexFormat.of();

  private final RegTextVersion version;
  private final OutputStream out;
  private final Map<Kind, RegTextLoss> losses = new EnumMap<>(Kind.class);

  /** The line that is being written. */
  private final StringBuilder line = new StringBuilder();

  private RegTextWriter(RegTextVersion version, OutputStream out) {
    this.version = version;
    this.out = out;
  }

  /**
   * Writes a key with all below it; the stream is neither flushed nor closed.
   *
   * @param path the key's whole path, beginning with a root key as {@code HKEY_LOCAL_MACHINE}
   * @return what the text does not carry
   */
  public static <K> List<RegTextLoss> write(
      KeyView<K> view, K key, String path, RegTextVersion version, OutputStream out)
      throws IOException {
    var writer = new RegTextWriter(version, out);
    if (version == RegTextVersion.VERSION_5) {
      writer.line.append('\uFEFF');
    }
    writer.end(version.header());
    writer.end("");
    writer.key(view, key, view.info(key), path);
    return List.copyOf(writer.losses.values());
  }

  /** Recursion goes as deep as keys may. */
  private <K> void key(KeyView<K> view, K key, KeyInfo info, String path) throws IOException {
    if (!fitsALine(path)) {
      lose(Kind.KEY_LEFT_OUT, path);
      return;
    }
    tell(info, path);
    end("[" + path + "]");
    for (RegistryValue value : view.values(key)) {
      value(value, path);
    }
    end("");
    for (K subkey : view.subkeys(key)) {
      KeyInfo child = view.info(subkey);
      key(view, subkey, child, path + "\\" + child.name());
    }
  }

  private void tell(KeyInfo info, String path) {
    lose(Kind.LAST_WRITTEN, path);
    if (info.security() != null) {
      lose(Kind.SECURITY, path);
    }
    if (!info.className().isEmpty()) {
      lose(Kind.CLASS_NAME, path);
    }
    if (info.link()) {
      lose(Kind.LINK, path);
    }
    tellOfCodePage(path, path);
  }

  private void value(RegistryValue value, String path) throws IOException {
    String name = value.name();
    if (!fitsALine(name)) {
      lose(Kind.VALUE_LEFT_OUT, path + ": " + name);
      return;
    }
    tellOfCodePage(name, path);
    if (name.isEmpty()) {
      line.append("@=");
    } else {
      quote(name);
      line.append('=');
    }
    byte[] data = value.bytes();
    if (value.type() == ValueType.REG_SZ && isLineOfText(data)) {
      String text = Utf16.decode(data, 0, data.length - 2);
      tellOfCodePage(text, path);
      quote(text);
      end("");
    } else if (value.type() == ValueType.REG_DWORD && data.length == Integer.BYTES) {
      end("dword:" + HEX.toHexDigits(value.buffer().getInt()));
    } else if (value.type() == ValueType.REG_BINARY) {
      hex("hex:", data);
    } else {
      hex("hex(%x):".formatted(value.type()), inVersion(value.type(), data, path, name));
    }
  }

  /** What is text in hexadecimal is in the code page, too, in the older version. */
  private byte[] inVersion(int type, byte[] data, String path, String name) {
    if ((type != ValueType.REG_EXPAND_SZ && type != ValueType.REG_MULTI_SZ) || data.length == 0) {
      return data;
    }
    String where = path + ": " + name;
    if (data.length % 2 != 0 || data[data.length - 1] != 0 || data[data.length - 2] != 0) {
      lose(Kind.NUL_ADDED, where);
    }
    if (version == RegTextVersion.VERSION_5) {
      return data;
    }
    String text = Utf16.decode(data, 0, data.length);
    tellOfCodePage(text, where);
    return CodePage.encode(text);
  }

  /** Whether it is what quotes can hold: it ends with a NUL, has no other, and no end of a line. */
  private static boolean isLineOfText(byte[] data) {
    if (data.length < 2 || data.length % 2 != 0) {
      return false;
    }
    String text = Utf16.decode(data, 0, data.length);
    return text.endsWith("\0") && fitsALine(text.substring(0, text.length() - 1));
  }

  private static boolean fitsALine(String text) {
    return text.indexOf('\0') < 0 && text.indexOf('\r') < 0 && text.indexOf('\n') < 0;
  }

  private void quote(String text) {
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit == '\\' || unit == '"') {
        line.append('\\');
      }
      line.append(unit);
    }
    line.append('"');
  }

  private void hex(String prefix, byte[] data) throws IOException {
    line.append(prefix);
    for (int i = 0; i < data.length; i++) {
      boolean last = i == data.length - 1;
      // Two digits, a comma, and what says that the next line belongs to this one.
      if (line.length() + (last ? 2 : 4) > COLUMNS_MAX) {
        end("\\");
        line.append("  ");
      }
      HEX.toHexDigits(line, data[i]);
      if (!last) {
        line.append(',');
      }
    }
    end("");
  }

  private void end(String rest) throws IOException {
    line.append(rest).append(END);
    out.write(version == RegTextVersion.VERSION_5 ? Utf16.encode(line) : CodePage.encode(line));
    line.setLength(0);
  }

  private void tellOfCodePage(String text, String where) {
    if (version == RegTextVersion.REGEDIT4 && !CodePage.canEncode(text)) {
      lose(Kind.NOT_IN_CODE_PAGE, where);
    }
  }

  private void lose(Kind kind, String where) {
    losses.merge(
        kind,
        new RegTextLoss(kind, 1, where),
        (first, _) -> new RegTextLoss(kind, first.count() + 1, first.firstWhere()));
  }
}
