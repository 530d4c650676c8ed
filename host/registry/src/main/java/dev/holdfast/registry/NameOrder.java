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
    return left.length() == right.length() && compare(left, right) == 0;
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
    int common = Math.min(left.length(), right.length());
    for (int i = 0; i < common; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        int difference = UPPER[a] - UPPER[b];
        if (difference != 0) {
          return difference;
        }
      }
    }
    return left.length() - right.length();
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
