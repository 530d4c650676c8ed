package dev.holdfast.registry.security;

/** A text that is no security descriptor in SDDL; says where, what was expected, and what found. */
public final class MalformedSddlException extends Exception {
  private static final int SHOWN_CHARS_MAX = 24;

  private final int position;
  private final String expected;

  MalformedSddlException(String text, int index, String expected) {
    super(
        "not SDDL: at character %,d expected %s, found %s"
            .formatted(index + 1, expected, found(text, index)));
    this.position = index + 1;
    this.expected = expected;
  }

  private static String found(String text, int index) {
    if (index >= text.length()) {
      return "the end";
    }
    int end = Math.min(text.length(), index + SHOWN_CHARS_MAX);
    return "\"" + text.substring(index, end) + (end < text.length() ? "…\"" : "\"");
  }

  /** In characters, from 1; one more than there are when something is missing at the end. */
  public int position() {
    return position;
  }

  public String expected() {
    return expected;
  }
}
