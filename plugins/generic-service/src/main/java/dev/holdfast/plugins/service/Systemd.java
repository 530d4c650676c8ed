package dev.holdfast.plugins.service;

import dev.holdfast.plugins.service.Sighting.Stage;
import dev.holdfast.spi.Call;
import dev.holdfast.spi.Command;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * systemd, by {@code systemctl}, whose text is for people and is told as it is; how a unit is, its
 * properties say.
 *
 * <p>A run is an InvocationID: systemd makes a new one whenever it starts a unit, also when it does
 * so by itself. While a unit is neither inactive nor failed, {@code /run/systemd/units} has a link
 * {@code invocation:UNIT} to it, which is made for the journal and read here each second: to ask
 * systemd the same of 200 units takes it most of a second.
 */
final class Systemd implements ServiceManager {
  private static final Duration JOURNAL_LIMIT = Duration.ofSeconds(5);
  private static final int JOURNAL_LINES = 5;
  private static final String SUFFIX = ".service";
  private static final String PROPERTIES =
      "--property=LoadState,LoadError,ActiveState,SubState,Result,MainPID,ExecMainCode,"
          + "ExecMainStatus,InvocationID,InactiveExitTimestampMonotonic,NRestarts,Restart,"
          + "UnitFileState,ConditionResult";

  private final Context context;
  private final Node node;

  Systemd(Context context, Node node) {
    this.context = context;
    this.node = node;
  }

  @Override
  public String serviceName(Properties properties) throws ResourceException {
    String name = properties.get(GenericService.SERVICE_NAME);
    String stem = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    String instance = properties.find(GenericService.STARTUP_PARAMETERS).orElse("");
    if (stem.endsWith("@") == instance.isEmpty()) {
      throw new ResourceException(
          Responsibility.USER,
          Retry.NOWHERE,
          "InvalidProperties",
          instance.isEmpty()
              ? "%s is a template, and no unit to start; say the instance by StartupParameters."
                  .formatted(stem + SUFFIX)
              : "systemd starts %s without parameters. Leave StartupParameters out, or name a template, as in ServiceName=NAME@, whose instance they are then."
                  .formatted(stem + SUFFIX));
    }
    if (!instance.matches("[A-Za-z0-9:_.\\\\@-]*")) {
      throw new ResourceException(
          Responsibility.USER,
          Retry.NOWHERE,
          "InvalidProperties",
          "StartupParameters is '%s', which cannot be the instance of %s; systemd-escape makes one of it."
              .formatted(instance, stem + SUFFIX));
    }
    return stem + instance + SUFFIX;
  }

  @Override
  public Sighting look(Call call) throws ResourceException {
    String unit = serviceName(call.properties());
    CommandResult shown =
        call.run(Command.looking(systemctl("show", PROPERTIES, "--", unit), Commands.LOOK_LIMIT));
    return shown.exited(0)
        ? sighting(unit, properties(shown.output()))
        : Sighting.unknown(Commands.words("systemctl show " + unit, shown));
  }

  private static Map<String, String> properties(String output) {
    var properties = new HashMap<String, String>();
    output
        .lines()
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              if (equals > 0) {
                properties.put(line.substring(0, equals), line.substring(equals + 1));
              }
            });
    return properties;
  }

  static Sighting sighting(String unit, Map<String, String> properties) {
    String load = properties.getOrDefault("LoadState", "");
    String active = properties.getOrDefault("ActiveState", "");
    Stage stage =
        switch (active) {
          case "active", "reloading", "refreshing", "maintenance" -> Stage.RUNNING;
          case "activating" -> Stage.STARTING;
          case "deactivating" -> Stage.STOPPING;
          case "inactive", "failed" -> load.equals("loaded") ? Stage.STOPPED : Stage.UNUSABLE;
          default -> Stage.UNKNOWN;
        };
    String run = properties.getOrDefault("InvocationID", "");
    long began = number(properties, "InactiveExitTimestampMonotonic");
    return new Sighting(
        stage,
        run.isEmpty() ? Optional.empty() : Optional.of(run),
        began == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(began * 1000)),
        number(properties, "NRestarts"),
        words(unit, load, active, properties),
        atBoot(unit, properties.getOrDefault("UnitFileState", "")),
        supervised(unit, properties.getOrDefault("Restart", "no")));
  }

  private static long number(Map<String, String> properties, String name) {
    String text = properties.getOrDefault(name, "");
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }

  private static String words(
      String unit, String load, String active, Map<String, String> properties) {
    boolean resting = active.equals("inactive") || active.equals("failed");
    if (resting && load.equals("not-found")) {
      return "systemd knows no unit " + unit;
    }
    if (resting && load.equals("masked")) {
      return "%s is masked, so that systemd does not start it".formatted(unit);
    }
    if (resting && !load.equals("loaded")) {
      return "%s cannot be loaded: %s".formatted(unit, properties.getOrDefault("LoadError", load));
    }
    var words =
        new StringBuilder(
            "%s is %s (%s)".formatted(unit, active, properties.getOrDefault("SubState", "")));
    if (number(properties, "MainPID") > 0) {
      words.append(", main pid ").append(properties.get("MainPID"));
    }
    String result = properties.getOrDefault("Result", "success");
    if (!result.equals("success")) {
      words.append(", result ").append(result).append(exit(properties));
    }
    if (resting && properties.getOrDefault("ConditionResult", "yes").equals("no")) {
      words.append("; a condition of the unit did not hold, or it was never started");
    }
    return words.toString();
  }

  /** CLD_EXITED, CLD_KILLED and CLD_DUMPED of waitid(2). */
  private static String exit(Map<String, String> properties) {
    long status = number(properties, "ExecMainStatus");
    return switch (properties.getOrDefault("ExecMainCode", "")) {
      case "1" -> status == 0 ? "" : ", main process exited with " + status;
      case "2", "3" -> ", main process ended by signal " + status;
      default -> "";
    };
  }

  private static Optional<String> atBoot(String unit, String file) {
    return file.equals("enabled") || file.equals("enabled-runtime")
        ? Optional.of(
            "%s is also started at boot (it is %s), and is Foreign then; have Holdfast alone start it: systemctl disable %s"
                .formatted(unit, file, unit))
        : Optional.empty();
  }

  private static Optional<String> supervised(String unit, String restart) {
    return restart.equals("no") || restart.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "systemd, too, starts %s again when it ends (Restart=%s), which counts as no failure; leave it to Holdfast: Restart=no by systemctl edit %s"
                .formatted(unit, restart, unit));
  }

  @Override
  public boolean runsOn(Call call, String run) throws ResourceException {
    Path link = node.units().resolve("invocation:" + serviceName(call.properties()));
    try {
      return Files.readSymbolicLink(link).toString().equals(run);
    } catch (IOException | UnsupportedOperationException none) {
      return false; // It ended, or this systemd has no such links: look says which.
    }
  }

  @Override
  public CommandResult start(Call call) throws ResourceException {
    return change(call, Commands.left(call, context), "start");
  }

  /** Waits for as long as the unit's TimeoutStopSec lets it take, or until the call is over. */
  @Override
  public CommandResult stop(Call call) throws ResourceException {
    return change(call, Commands.left(call, context), "stop");
  }

  /** The stop comes first, so that what is killed is not started again. */
  @Override
  public void kill(Call call, String run) throws ResourceException {
    change(call, Commands.LOOK_LIMIT, "stop", "--no-block");
    change(call, Commands.LOOK_LIMIT, "kill", "--signal=KILL");
    change(call, Commands.left(call, context), "stop");
  }

  private CommandResult change(Call call, Duration limit, String... words)
      throws ResourceException {
    var command = new ArrayList<>(List.of(words));
    command.add("--");
    command.add(serviceName(call.properties()));
    return call.run(Command.changing(systemctl(command.toArray(String[]::new)), limit));
  }

  @Override
  public List<String> lastLines(Call call) {
    try {
      CommandResult lines =
          call.run(
              Command.looking(
                  node.program(
                      "journalctl",
                      List.of(
                          "--unit=" + serviceName(call.properties()),
                          "--lines=" + JOURNAL_LINES,
                          "--output=cat",
                          "--quiet",
                          "--no-pager")),
                  JOURNAL_LIMIT));
      return lines.exited(0) ? lines.output().lines().toList() : List.of();
    } catch (ResourceException noJournal) {
      return List.of(); // A node need not have one; what failed is told all the same.
    }
  }

  @Override
  public String stopByHand(Properties properties) throws ResourceException {
    return "systemctl stop " + serviceName(properties);
  }

  private Launch systemctl(String... words) {
    return node.program("systemctl", List.of(words));
  }
}
