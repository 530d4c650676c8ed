package dev.holdfast.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/**
 * How names of keys and values are compared: ignoring case, UTF-16 unit by UTF-16 unit, the shorter
 * one first.
 *
 * <p>The mapping is a frozen table of ours and not {@code Character.toUpperCase}: that one follows
 * each new Unicode version and differs from what Windows does for some two hundred characters. With
 * it a newer Java could find two keys where an older one wrote one, or write a hive file in which
 * Windows does not find a key. Surrogates stand for themselves; a name need not be well-formed.
 */
public final class NameOrder {
  /** Compares as the registry does; consistent with {@link #same} and {@link #hash}. */
  public static final Comparator<String> IGNORING_CASE = NameOrder::compare;

  private static final String TABLE = "upcase.txt";
  private static final char[] UPPER = load();

  private NameOrder() {}

  /** The unit that stands for this one in every comparison. */
  public static char upcase(char unit) {
    return UPPER[unit];
  }

  /** Whether both name the same key or value. */
  public static boolean same(String left, String right) {
    return same(left, right, 0, right.length());
  }

  /** A hash that is equal for names that are the same. */
  public static int hash(String name) {
    int hash = 0;
    for (int i = 0; i < name.length(); i++) {
      hash = hash * 37 + UPPER[name.charAt(i)];
    }
    return hash;
  }

  static int compare(String left, String right) {
    return compare(left, left.length(), right, 0, right.length());
  }

  /** Compares the left text's beginning, up to that place, with a part of the right one. */
  static int compare(String left, int leftTo, String right, int rightFrom, int rightTo) {
    int common = Math.min(leftTo, rightTo - rightFrom);
    // Most are written alike, and the JVM has a fast way to see that.
    int order =
        left.regionMatches(0, right, rightFrom, common)
            ? 0
            : compareUnits(left, right, rightFrom, common);
    return order != 0 ? order : leftTo - (rightTo - rightFrom);
  }

  private static int compareUnits(String left, String right, int rightFrom, int count) {
    for (int i = 0; i < count; i++) {
      int difference = UPPER[left.charAt(i)] - UPPER[right.charAt(rightFrom + i)];
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  /** Whether a part of the text is the same name. */
  static boolean same(String name, String text, int from, int to) {
    int length = to - from;
    return name.length() == length
        && (name.regionMatches(0, text, from, length)
            || compareUnits(name, text, from, length) == 0);
  }

  /** How many units of both, from their beginnings on, are the same. */
  static int common(String left, String right) {
    int shorter = Math.min(left.length(), right.length());
    int same = 0;
    while (same < shorter && UPPER[left.charAt(same)] == UPPER[right.charAt(same)]) {
      same++;
    }
    return same;
  }

  private static char[] load() {
    var upper = new char[Character.MAX_VALUE + 1];
    for (int unit = 0; unit < upper.length; unit++) {
      upper[unit] = (char) unit;
    }
    var stream = NameOrder.class.getResourceAsStream(TABLE);
    if (stream == null) {
      throw new IllegalStateException("the table " + TABLE + " is missing from the registry's jar");
    }
    try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
      lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> addRun(upper, line));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + TABLE + " from the registry's jar", e);
    }
    return upper;
  }

  private static void addRun(char[] upper, String line) {
    int firstEnd = line.indexOf(' ');
    int lastEnd = line.indexOf(' ', firstEnd + 1);
    int stepEnd = line.indexOf(' ', lastEnd + 1);
    int last = Integer.parseInt(line, firstEnd + 1, lastEnd, 16);
    int step = Integer.parseInt(line, lastEnd + 1, stepEnd, 10);
    int difference = Integer.parseInt(line, stepEnd + 1, line.length(), 10);
    for (int unit = Integer.parseInt(line, 0, firstEnd, 16); unit <= last; unit += step) {
      upper[unit] = (char) (unit + difference);
    }
  }
}
