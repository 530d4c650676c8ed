package dev.holdfast.spi;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How sizes are written: a whole number and B, KiB, MiB, GiB or TiB; a bare number is bytes.
 * Printed in the largest unit that leaves a whole number. MB is refused: to some it is 1,000,000
 * bytes, to others 1,048,576.
 */
final class SizeText {
  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,19})\\s*([A-Za-z]*)");
  private static final Map<String, Long> UNITS = units();

  private SizeText() {}

  static Long parse(String text) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
    if (matcher.matches()) {
      String unit = matcher.group(2);
      for (var known : UNITS.entrySet()) {
        if (known.getKey().equalsIgnoreCase(unit.isEmpty() ? "B" : unit)) {
          return times(matcher.group(1), known.getValue());
        }
      }
      if (unit.toUpperCase(Locale.ROOT).matches("[KMGT]B?")) {
        throw new IllegalArgumentException(
            "'"
                + unit
                + "' means different things to different people; KiB, MiB, GiB or TiB is needed");
      }
    }
    throw new IllegalArgumentException(
        "a whole number and a unit (B, KiB, MiB, GiB, TiB) is needed, such as 64MiB");
  }

  static String print(Long bytes) {
    for (var unit : UNITS.entrySet()) {
      if (bytes != 0 && bytes % unit.getValue() == 0) {
        return bytes / unit.getValue() + unit.getKey();
      }
    }
    return bytes + "B";
  }

  private static Long times(String count, long unitBytes) {
    try {
      return Math.multiplyExact(Long.parseLong(count), unitBytes);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException("the largest size is " + Long.MAX_VALUE + "B", e);
    }
  }

  private static Map<String, Long> units() {
    var units = new LinkedHashMap<String, Long>();
    units.put("TiB", 1L << 40);
    units.put("GiB", 1L << 30);
    units.put("MiB", 1L << 20);
    units.put("KiB", 1L << 10);
    units.put("B", 1L);
    return units;
  }
}
