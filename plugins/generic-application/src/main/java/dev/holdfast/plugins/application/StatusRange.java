package dev.holdfast.plugins.application;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP statuses, both ends included; written {@code 200-399} or {@code 204}. */
record StatusRange(int first, int last) {
  private static final Pattern WRITTEN =
      Pattern.compile("([1-5]\\d\\d)(?:\\s*-\\s*([1-5]\\d\\d))?");

  static Optional<StatusRange> parse(String text) {
    Matcher matcher = WRITTEN.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int first = Integer.parseInt(matcher.group(1));
    int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
    return first <= last ? Optional.of(new StatusRange(first, last)) : Optional.empty();
  }
}
