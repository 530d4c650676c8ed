package dev.holdfast.registry.regtext;

import org.jspecify.annotations.Nullable;

/** The lines of a text, ended by CR LF, LF or CR; the last one may have no end. */
final class Lines {
  private final String text;
  private int at;
  private int number;

  Lines(String text) {
    this.text = text;
  }

  /** The next line without its end; null after the last. */
  @Nullable String next() {
    if (at >= text.length()) {
      return null;
    }
    int end = at;
    while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
      end++;
    }
    String line = text.substring(at, end);
    at = end + (text.startsWith("\r\n", end) ? 2 : 1);
    number++;
    return line;
  }

  /** The number of the line that came last; the first is 1. */
  int number() {
    return number;
  }
}
