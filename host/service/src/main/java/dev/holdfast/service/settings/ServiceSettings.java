package dev.holdfast.service.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import dev.holdfast.service.api.NearestName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The settings of a service, read once at start from {@code holdfast.conf} (HOCON) in its home. A
 * setting is also taken from the environment: {@code monitor.replacement-delay} is {@code
 * HOLDFAST_MONITOR_REPLACEMENT_DELAY} there, and wins over the file.
 *
 * @param logFormat {@code text} for people, {@code json} for what collects logs
 * @param logLevel {@code error warn info debug trace}: more for whoever looks for a fault
 * @param monitorHeapMegabytes the heap of each monitor: more for types that need it
 * @param monitorReplacementDelay how long a dead monitor's replacement is held back: for people who
 *     test what holds while no monitor lives
 */
public record ServiceSettings(
    LogFormat logFormat,
    String logLevel,
    int monitorHeapMegabytes,
    Duration monitorReplacementDelay) {

  /** How log lines look. */
  public enum LogFormat {
    TEXT,
    JSON
  }

  private static final String LOG_FORMAT = "log.format";
  private static final String LOG_LEVEL = "log.level";
  private static final String HEAP = "monitor.heap-megabytes";
  private static final String REPLACEMENT_DELAY = "monitor.replacement-delay";
  private static final List<String> LEVELS = List.of("error", "warn", "info", "debug", "trace");

  /** Every key with its default. */
  public static final Map<String, String> DEFAULTS =
      Map.of(
          LOG_FORMAT, "text",
          LOG_LEVEL, "info",
          HEAP, "64",
          REPLACEMENT_DELAY, "0s");

  /** What is set is not understood; the message says where and what. */
  public static final class SettingsException extends IOException {
    private static final long serialVersionUID = 1;

    private SettingsException(String message) {
      super(message);
    }
  }

  /**
   * Reads the settings.
   *
   * @param file may be missing: then the defaults hold
   * @throws SettingsException an unknown key or a value that is none
   */
  public static ServiceSettings read(Path file, Map<String, String> environment)
      throws IOException {
    Config set;
    try {
      set =
          Files.exists(file)
              ? ConfigFactory.parseFile(
                      file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
                  .resolve()
              : ConfigFactory.empty();
    } catch (ConfigException e) {
      throw new SettingsException("The settings cannot be read: " + e.getMessage());
    }
    refuseUnknown(set);
    Config all =
        fromEnvironment(environment)
            .withFallback(set)
            .withFallback(ConfigFactory.parseMap(DEFAULTS));
    try {
      return new ServiceSettings(
          logFormat(all.getString(LOG_FORMAT)),
          logLevel(all.getString(LOG_LEVEL)),
          heap(all.getInt(HEAP)),
          delay(all.getDuration(REPLACEMENT_DELAY)));
    } catch (ConfigException e) {
      throw new SettingsException("A setting is not understood: " + e.getMessage());
    }
  }

  private static void refuseUnknown(Config set) throws SettingsException {
    for (var entry : set.entrySet()) {
      if (!DEFAULTS.containsKey(entry.getKey())) {
        String nearest =
            NearestName.to(entry.getKey(), DEFAULTS.keySet())
                .map(near -> " Did you mean " + near + "?")
                .orElse("");
        throw new SettingsException(
            "%s: there is no setting %s.%s"
                .formatted(entry.getValue().origin().description(), entry.getKey(), nearest));
      }
    }
  }

  private static Config fromEnvironment(Map<String, String> environment) {
    Config config = ConfigFactory.empty();
    for (String key : DEFAULTS.keySet()) {
      String name = "HOLDFAST_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
      String value = environment.get(name);
      if (value != null) {
        config =
            ConfigFactory.parseMap(Map.of(key, value), "environment variable " + name)
                .withFallback(config);
      }
    }
    return config;
  }

  private static LogFormat logFormat(String text) throws SettingsException {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "text" -> LogFormat.TEXT;
      case "json" -> LogFormat.JSON;
      default ->
          throw new SettingsException(LOG_FORMAT + " is text or json, not \"" + text + "\".");
    };
  }

  private static String logLevel(String text) throws SettingsException {
    String level = text.toLowerCase(Locale.ROOT);
    if (!LEVELS.contains(level)) {
      throw new SettingsException(
          LOG_LEVEL + " is one of " + String.join(", ", LEVELS) + ", not \"" + text + "\".");
    }
    return level;
  }

  private static Duration delay(Duration delay) throws SettingsException {
    if (delay.isNegative()) {
      throw new SettingsException(REPLACEMENT_DELAY + " is 0s or longer, not " + delay + ".");
    }
    return delay;
  }

  private static int heap(int megabytes) throws SettingsException {
    if (megabytes < 32 || megabytes > 65_536) {
      throw new SettingsException(HEAP + " lies between 32 and 65536, not at " + megabytes + ".");
    }
    return megabytes;
  }
}
