package dev.holdfast.cli.output;

/** Text on a terminal: how wide it is, and what must not reach it. */
public final class Text {
  private Text() {}

  /**
   * The text on one line, without control characters: a name or a message may come from anybody,
   * and an escape sequence in it would be obeyed by the terminal.
   */
  public static String oneLine(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\n' || c == '\r' || c == '\t') {
                out.append(' ');
              } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                out.append('\uFFFD');
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  /** As {@link #oneLine}, but lines and tabs stay. */
  public static String manyLines(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              boolean layout = c == '\n' || c == '\r' || c == '\t';
              out.appendCodePoint(Character.isISOControl(c) && !layout ? 0xFFFD : c);
            });
    return out.toString();
  }

  /** Columns that the text takes: none for combining marks, two for wide characters. */
  public static int width(String text) {
    return text.codePoints().map(Text::width).sum();
  }

  private static int width(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    boolean wide =
        (c >= 0x1100 && c <= 0x115F)
            || (c >= 0x2E80 && c <= 0xA4CF)
            || (c >= 0xAC00 && c <= 0xD7A3)
            || (c >= 0xF900 && c <= 0xFAFF)
            || (c >= 0xFE30 && c <= 0xFE6F)
            || (c >= 0xFF00 && c <= 0xFF60)
            || (c >= 0x1F300 && c <= 0x1FAFF)
            || (c >= 0x20000 && c <= 0x3FFFD);
    return wide ? 2 : 1;
  }

  /** The text with blanks after it, up to a width. */
  public static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - width(text)));
  }
}
