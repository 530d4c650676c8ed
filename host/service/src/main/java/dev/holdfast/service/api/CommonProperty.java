package dev.holdfast.service.api;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The properties every resource has, whatever its type, as MSCS spells and measures them: times are
 * in milliseconds, switches are 0 or 1. A type may not declare one of these names for itself.
 *
 * <p>DeadlockTimeout comes from WSFC; RestartThreshold is 3 as documented (a live WSFC has 1).
 */
public enum CommonProperty {
  /**
   * 0 do not restart; 1 restart, and leave the group alone when that does not help; 2 affect it.
   */
  RESTART_ACTION("RestartAction", 0, 2, 2L, "DontRestart RestartNoNotify RestartNotify"),
  RESTART_THRESHOLD("RestartThreshold", 0, CommonProperty.DWORD, 3L),
  RESTART_PERIOD("RestartPeriod", 0, CommonProperty.DWORD, 900_000L),
  RESTART_DELAY("RestartDelay", 0, CommonProperty.DWORD, 500L),
  /** {@link #DWORD} for never. */
  RETRY_PERIOD_ON_FAILURE("RetryPeriodOnFailure", 0, CommonProperty.DWORD, 3_600_000L),
  PENDING_TIMEOUT("PendingTimeout", 10, CommonProperty.DWORD, 180_000L),
  DEADLOCK_TIMEOUT("DeadlockTimeout", 1_000, CommonProperty.DWORD, 300_000L),
  /** Null for the type's own. */
  LOOKS_ALIVE_POLL_INTERVAL("LooksAlivePollInterval", 10, CommonProperty.DWORD, null),
  /** Null for the type's own. */
  IS_ALIVE_POLL_INTERVAL("IsAlivePollInterval", 10, CommonProperty.DWORD, null),
  SEPARATE_MONITOR("SeparateMonitor", 0, 1, 0L, "false true"),
  /** The wanted state: 1 is Online. */
  PERSISTENT_STATE("PersistentState", 0, 1, 0L, "Offline Online"),
  DESCRIPTION("Description");

  /** The largest value of a property that is a number. */
  public static final long DWORD = 0xFFFF_FFFFL;

  private final String propertyName;
  private final boolean number;
  private final long min;
  private final long max;
  private final @Nullable Long defaultNumber;

  /** Names of the values from {@link #min} upward, separated by spaces. */
  private final String words;

  CommonProperty(String propertyName) {
    this(propertyName, false, 0, 0, null, "");
  }

  CommonProperty(String propertyName, long min, long max, @Nullable Long defaultNumber) {
    this(propertyName, true, min, max, defaultNumber, "");
  }

  CommonProperty(
      String propertyName, long min, long max, @Nullable Long defaultNumber, String words) {
    this(propertyName, true, min, max, defaultNumber, words);
  }

  CommonProperty(
      String propertyName,
      boolean number,
      long min,
      long max,
      @Nullable Long defaultNumber,
      String words) {
    this.propertyName = propertyName;
    this.number = number;
    this.min = min;
    this.max = max;
    this.defaultNumber = defaultNumber;
    this.words = words;
  }

  /** As MSCS spells it. */
  public String propertyName() {
    return propertyName;
  }

  /** False: it is text. */
  public boolean isNumber() {
    return number;
  }

  /** A {@link Long} or a {@link String}; null where the type decides. */
  public @Nullable Object defaultValue() {
    return number ? defaultNumber : "";
  }

  /** The property of that name, ignoring case. */
  public static Optional<CommonProperty> named(String name) {
    for (CommonProperty property : values()) {
      if (property.propertyName.equalsIgnoreCase(name)) {
        return Optional.of(property);
      }
    }
    return Optional.empty();
  }

  /**
   * Reads a value as typed: a number, decimal or 0x…, or one of the property's words.
   *
   * @return a {@link Long} or a {@link String}
   * @throws IllegalArgumentException with a whole sentence
   */
  public Object decode(String text) {
    if (!number) {
      return text;
    }
    int word =
        List.of(words.toLowerCase(Locale.ROOT).split(" ")).indexOf(text.toLowerCase(Locale.ROOT));
    if (word >= 0 && !text.isEmpty()) {
      return (long) word;
    }
    long value;
    try {
      value = Long.decode(text);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          propertyName + " is \"" + text + "\"; it is " + expected(), notANumber);
    }
    if (value < min || value > max) {
      throw new IllegalArgumentException(propertyName + " is " + text + "; it is " + expected());
    }
    return value;
  }

  private String expected() {
    String range = "a whole number from " + min + " to " + max;
    return words.isEmpty() ? range + "." : range + ", or one of " + words.replace(" ", ", ") + ".";
  }
}
