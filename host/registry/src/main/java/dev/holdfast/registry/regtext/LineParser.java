package dev.holdfast.registry.regtext;

import org.jspecify.annotations.Nullable;

/** A place in one line, which moves on as parts of it are understood. */
final class LineParser {
  private final String line;
  private int at;

  LineParser(String line) {
    this.line = line;
    skipBlanks();
  }

  void skipBlanks() {
    while (at < line.length() && isBlank(line.charAt(at))) {
      at++;
    }
  }

  private static boolean isBlank(char unit) {
    return unit == ' ' || unit == '\t';
  }

  boolean isAtEnd() {
    return at >= line.length();
  }

  /** Whether nothing is left but blanks and a comment. */
  boolean isAtEndOrComment() {
    skipBlanks();
    return isAtEnd() || line.charAt(at) == ';';
  }

  /** The next character; NUL, which no line that is looked at has, at the end. */
  char peek() {
    return isAtEnd() ? '\0' : line.charAt(at);
  }

  /** Moves over that text if it comes next. */
  boolean take(String expected) {
    boolean there = line.startsWith(expected, at);
    at += there ? expected.length() : 0;
    return there;
  }

  String rest() {
    return line.substring(at);
  }

  /** Moves over hexadecimal digits, at most so many; none or more give null. */
  @Nullable String hexDigits(int max) {
    int from = at;
    while (at < line.length()
        && Character.digit(line.charAt(at), 16) >= 0
        && line.charAt(at) < 'g') {
      at++;
    }
    return at == from || at - from > max ? null : line.substring(from, at);
  }

  /**
   * Moves over a text and the quote that ends it; the one that begins it is behind.
   *
   * @return the text without its escapes; null if no quote ends it or a NUL is in it
   */
  @Nullable String quoted() {
    var text = new StringBuilder();
    while (at < line.length()) {
      char unit = line.charAt(at++);
      if (unit == '"') {
        return text.toString();
      }
      if (unit != '\\') {
        text.append(unit);
        continue;
      }
      if (isAtEnd() || peek() == '0') {
        return null;
      }
      char escaped = line.charAt(at++);
      // Regedit writes neither of the two, and reads them.
      text.append(escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped);
    }
    return null;
  }
}
