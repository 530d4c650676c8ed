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
 *
 * <p>Counts nanoseconds, which no duration allowed here overflows. To multiply or divide durations
 * initialises BigDecimal, and each starting monitor that describes a type would wait for that.
 */
final class DurationText {
  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,18})\\s*([a-z]+)");
  private static final Map<String, Long> NANOS = nanos();

  private DurationText() {}

  static Duration parse(String text) {
    String stripped = text.strip();
    Matcher matcher = NUMBER_AND_UNIT.matcher(stripped.toLowerCase(Locale.ROOT));
    if (matcher.matches()) {
      Long unit = NANOS.get(matcher.group(2));
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
    long nanos = duration.toNanos();
    for (var unit : NANOS.entrySet()) {
      if (nanos % unit.getValue() == 0) {
        return nanos / unit.getValue() + unit.getKey();
      }
    }
    throw new IllegalStateException("No unit divides " + duration);
  }

  private static Duration times(long nanos, long count) {
    try {
      return notNegative(Duration.ofNanos(Math.multiplyExact(nanos, count)));
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

  private static Map<String, Long> nanos() {
    var nanos = new LinkedHashMap<String, Long>();
    nanos.put("d", 86_400_000_000_000L);
    nanos.put("h", 3_600_000_000_000L);
    nanos.put("m", 60_000_000_000L);
    nanos.put("s", 1_000_000_000L);
    nanos.put("ms", 1_000_000L);
    nanos.put("us", 1_000L);
    nanos.put("ns", 1L);
    return nanos;
  }
}
