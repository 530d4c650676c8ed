package dev.holdfast.spi;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How durations are written: a whole number and a unit ({@code 30s}, {@code 500ms}, {@code 5m}), or
 * ISO-8601 ({@code PT1M30S}). Printed in the largest unit that leaves a whole number: the canonical
 * text of {@code 90 s} and {@code PT1M30S} is {@code 90s}, that of {@code 60s} is {@code 1m}.
 *
 * <p>A bare number is refused: MSCS's properties were milliseconds, most people today mean seconds.
 */
final class DurationText {
  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,18})\\s*([a-z]+)");
  private static final Map<String, Duration> UNITS = units();

  private DurationText() {}

  static Duration parse(String text) {
    String stripped = text.strip();
    Matcher matcher = NUMBER_AND_UNIT.matcher(stripped.toLowerCase(Locale.ROOT));
    if (matcher.matches()) {
      Duration unit = UNITS.get(matcher.group(2));
      if (unit != null) {
        return times(unit, Long.parseLong(matcher.group(1)));
      }
    }
    try {
      return notNegative(Duration.parse(stripped));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "a whole number and a unit (ns, us, ms, s, m, h, d) is needed, such as 30s or 500ms", e);
    }
  }

  static String print(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    // In whole nanoseconds, which no duration allowed here overflows: to divide durations would
    // initialise BigDecimal, and with it each starting monitor that describes a type.
    long nanos = duration.toNanos();
    for (var unit : UNITS.entrySet()) {
      long unitNanos = unit.getValue().toNanos();
      if (nanos % unitNanos == 0) {
        return nanos / unitNanos + unit.getKey();
      }
    }
    throw new IllegalStateException("No unit divides " + duration);
  }

  private static Duration times(Duration unit, long count) {
    try {
      return notNegative(unit.multipliedBy(count));
    } catch (ArithmeticException e) {
      throw tooLong(e);
    }
  }

  /** Bounded, so that nobody who adds it to an instant or counts its nanoseconds overflows. */
  private static Duration notNegative(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("a duration cannot be negative");
    }
    if (duration.compareTo(Property.DURATION_MAX) > 0) {
      throw tooLong(null);
    }
    return duration;
  }

  @SuppressWarnings("NullAway") // a cause may be null
  private static IllegalArgumentException tooLong(
      @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalArgumentException(
        "the longest duration is " + print(Property.DURATION_MAX), cause);
  }

  private static Map<String, Duration> units() {
    var units = new LinkedHashMap<String, Duration>();
    units.put("d", Duration.ofDays(1));
    units.put("h", Duration.ofHours(1));
    units.put("m", Duration.ofMinutes(1));
    units.put("s", Duration.ofSeconds(1));
    units.put("ms", Duration.ofMillis(1));
    units.put("us", Duration.ofNanos(1000));
    units.put("ns", Duration.ofNanos(1));
    return units;
  }
}
