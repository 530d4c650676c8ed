package dev.holdfast.cli.output;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and durations, as people read and type them; in the zone of the one who reads. */
public final class Times {
  private static final Pattern TYPED = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)?");

  private final DateTimeFormatter clockTime;
  private final DateTimeFormatter dateAndTime;
  private final InstantSource now;

  public Times(InstantSource now, ZoneId zone) {
    this.now = now;
    this.clockTime = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(zone);
    this.dateAndTime =
        DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(zone);
  }

  /** {@code 22:40:01}; what is no time comes back as it is. */
  public String clockTime(String iso) {
    return format(iso, clockTime);
  }

  /** {@code 2026-11-21 22:40:01}. */
  public String dateAndTime(String iso) {
    return format(iso, dateAndTime);
  }

  private static String format(String iso, DateTimeFormatter format) {
    try {
      return format.format(Instant.parse(iso));
    } catch (DateTimeParseException noTime) {
      return iso;
    }
  }

  /** How long ago, roughly: {@code 12s}, {@code 5m}, {@code 3h20m}, {@code 4d2h}. */
  public String ago(String iso) {
    try {
      return rough(Duration.between(Instant.parse(iso), now.instant()));
    } catch (DateTimeParseException noTime) {
      return iso;
    }
  }

  static String rough(Duration time) {
    Duration t = time.isNegative() ? Duration.ZERO : time;
    if (t.toMinutes() == 0) {
      return t.toSeconds() + "s";
    }
    if (t.toHours() == 0) {
      return t.toMinutes() + "m";
    }
    return t.toDays() == 0
        ? t.toHours() + "h" + t.toMinutesPart() + "m"
        : t.toDays() + "d" + t.toHoursPart() + "h";
  }

  /** {@code 9.3s}, or {@code 2m5s}. */
  public static String precise(long millis) {
    return millis < 60_000
        ? String.format(Locale.ROOT, "%.1fs", millis / 1000.0)
        : millis / 60_000 + "m" + millis / 1000 % 60 + "s";
  }

  /**
   * Reads {@code 500ms}, {@code 60s}, {@code 15m}, {@code 1h}, {@code 2d}; a bare number is
   * seconds.
   *
   * @throws IllegalArgumentException with a whole sentence
   */
  public static Duration duration(String typed) {
    Matcher matcher = TYPED.matcher(typed);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"" + typed + "\" is no duration; it looks like 500ms, 60s, 15m, 1h or 2d.");
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    return switch (unit == null ? "s" : unit) {
      case "ms" -> Duration.ofMillis(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofSeconds(number);
    };
  }
}
