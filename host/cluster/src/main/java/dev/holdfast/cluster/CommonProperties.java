package dev.holdfast.cluster;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The common properties of a resource: those the cluster service defines for every type, spelled
 * and limited as MSCS did, but for two: RestartThreshold is at most 63 or 0xFFFFFFFF (without end),
 * and RetryPeriodOnFailure may be shorter than RestartPeriod. Times are milliseconds in their text
 * form, as MSCS had them; where 0xFFFFFFFF means something, -1 is another way to write it. A number
 * may be given in hex, and in place of a few numbers a word; what is kept is the decimal number.
 *
 * @param description free text
 * @param separateMonitor whether it wants a monitor of its own; takes effect when it is opened next
 * @param looksAlivePollInterval empty: as the type has it
 * @param isAlivePollInterval empty: as the type has it
 * @param restart what a failure leads to
 * @param pendingTimeout how long an online or offline may say nothing new
 * @param deadlockTimeout how long any call may neither return nor report
 * @param maintenanceMode while it holds, the resource is not polled and its end is no failure; MSCS
 *     had this for disks only
 */
public record CommonProperties(
    String description,
    boolean separateMonitor,
    Optional<Duration> looksAlivePollInterval,
    Optional<Duration> isAlivePollInterval,
    RestartPolicy restart,
    Duration pendingTimeout,
    Duration deadlockTimeout,
    boolean maintenanceMode) {

  /** MSCS's way of saying "as the type has it", or "never". */
  static final long INFINITE = 0xFFFF_FFFFL;

  /** MSCS's defaults. */
  public static final CommonProperties DEFAULT =
      new CommonProperties(
          "",
          false,
          Optional.empty(),
          Optional.empty(),
          RestartPolicy.DEFAULT,
          Duration.ofMinutes(3),
          Duration.ofMinutes(5),
          false);

  /** All names, in the order in which they are shown. */
  public static final List<String> NAMES =
      List.of(
          "Description",
          "SeparateMonitor",
          "LooksAlivePollInterval",
          "IsAlivePollInterval",
          "RestartAction",
          "RestartThreshold",
          "RestartPeriod",
          "RestartDelay",
          "RetryPeriodOnFailure",
          "PendingTimeout",
          "DeadlockTimeout",
          "MaintenanceMode");

  /** What may be given in place of the numbers from nought up. */
  private static final Map<String, List<String>> WORDS =
      Map.of(
          "SeparateMonitor", List.of("false", "true"),
          "RestartAction",
              Arrays.stream(RestartAction.values()).map(RestartAction::toString).toList(),
          "MaintenanceMode", List.of("false", "true"));

  /** The declared spelling of a common property's name, matched ignoring case. */
  public static Optional<String> spelling(String name) {
    return NAMES.stream().filter(known -> known.equalsIgnoreCase(name)).findFirst();
  }

  /**
   * These properties with one changed.
   *
   * @throws IllegalArgumentException with a whole sentence, when there is no such property or the
   *     text is not within its limits
   */
  public CommonProperties with(String name, String text) {
    String known =
        spelling(name)
            .orElseThrow(
                () -> new IllegalArgumentException("There is no common property " + name + "."));
    var changed = new LinkedHashMap<>(asText());
    changed.put(known, text);
    return ofText(changed);
  }

  /**
   * The properties with that text. Names are matched ignoring case; what is not named has its
   * default, and a name that is not ours is ignored.
   *
   * @throws IllegalArgumentException with a whole sentence, when a text is not within its limits
   */
  public static CommonProperties ofText(Map<String, String> given) {
    var text = new LinkedHashMap<>(DEFAULT.asText());
    given.forEach((name, value) -> spelling(name).ifPresent(known -> text.put(known, value)));
    return new CommonProperties(
        text.getOrDefault("Description", ""),
        number(text, "SeparateMonitor", 0, 1) == 1,
        orInfinite(text, "LooksAlivePollInterval", 10),
        orInfinite(text, "IsAlivePollInterval", 10),
        new RestartPolicy(
            RestartAction.of((int) number(text, "RestartAction", 0, 2)),
            threshold(text),
            Duration.ofMillis(number(text, "RestartPeriod", 0, INFINITE)),
            Duration.ofMillis(number(text, "RestartDelay", 0, INFINITE)),
            orInfinite(text, "RetryPeriodOnFailure", 0)),
        Duration.ofMillis(number(text, "PendingTimeout", 10, INFINITE)),
        Duration.ofMillis(number(text, "DeadlockTimeout", 1000, INFINITE)),
        number(text, "MaintenanceMode", 0, 1) == 1);
  }

  /** Every property with its text, in the order of {@link #NAMES}. */
  public Map<String, String> asText() {
    var text = new LinkedHashMap<String, String>();
    text.put("Description", description);
    text.put("SeparateMonitor", separateMonitor ? "1" : "0");
    text.put("LooksAlivePollInterval", orInfinite(looksAlivePollInterval));
    text.put("IsAlivePollInterval", orInfinite(isAlivePollInterval));
    text.put("RestartAction", Integer.toString(restart.action().code()));
    text.put(
        "RestartThreshold",
        Long.toString(
            restart.threshold() == RestartPolicy.WITHOUT_END ? INFINITE : restart.threshold()));
    text.put("RestartPeriod", Long.toString(restart.period().toMillis()));
    text.put("RestartDelay", Long.toString(restart.delay().toMillis()));
    text.put("RetryPeriodOnFailure", orInfinite(restart.retryPeriodOnFailure()));
    text.put("PendingTimeout", Long.toString(pendingTimeout.toMillis()));
    text.put("DeadlockTimeout", Long.toString(deadlockTimeout.toMillis()));
    text.put("MaintenanceMode", maintenanceMode ? "1" : "0");
    return text;
  }

  private static int threshold(Map<String, String> text) {
    long threshold = number(text, "RestartThreshold", 0, INFINITE);
    if (threshold == INFINITE) {
      return RestartPolicy.WITHOUT_END;
    }
    if (threshold >= FailureWindow.FAILURES_KEPT_MAX) {
      throw new IllegalArgumentException(
          "RestartThreshold is at most %d, or -1 (0xFFFFFFFF, without end), not %d."
              .formatted(FailureWindow.FAILURES_KEPT_MAX - 1, threshold));
    }
    return (int) threshold;
  }

  private static Optional<Duration> orInfinite(Map<String, String> text, String name, long least) {
    long millis = number(text, name, least, INFINITE);
    return millis == INFINITE ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
  }

  private static long number(Map<String, String> texts, String name, long least, long most) {
    String text = texts.getOrDefault(name, "").strip();
    List<String> words = WORDS.getOrDefault(name, List.of());
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).equalsIgnoreCase(text)) {
        return i;
      }
    }
    long value;
    try {
      value =
          text.startsWith("0x") || text.startsWith("0X")
              ? Long.parseLong(text.substring(2), 16)
              : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s is a whole number%s, not \"%s\"."
              .formatted(
                  name, words.isEmpty() ? "" : " or one of " + String.join(", ", words), text),
          e);
    }
    if (value == -1 && most == INFINITE) {
      return INFINITE;
    }
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " lies between " + least + " and " + most + ", not at " + value + ".");
    }
    return value;
  }

  private static String orInfinite(Optional<Duration> duration) {
    return Long.toString(duration.map(Duration::toMillis).orElse(INFINITE));
  }
}
