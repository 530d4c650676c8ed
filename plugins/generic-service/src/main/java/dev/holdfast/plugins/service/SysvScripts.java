package dev.holdfast.plugins.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.plugins.service.Sighting.Stage;
import dev.holdfast.spi.Call;
import dev.holdfast.spi.Command;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.ResourceException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * SysV scripts, by {@code service}. What a script's status exits with is LSB's: 0 runs, 1 to 3 does
 * not run, anything else is not known.
 *
 * <p>A run is the process of the pid file, as {@code PID:START-TICKS}. Where there is no pid file,
 * one run cannot be told from another.
 */
final class SysvScripts implements ServiceManager {
  private static final Duration KILL_LIMIT = Duration.ofSeconds(30);
  private static final int LINES = 5;
  private static final int PID_DIGITS = 10;
  private static final int TAIL_BYTES = 4096;
  private static final String SUFFIX = ".service";

  private final Context context;
  private final Node node;

  SysvScripts(Context context, Node node) {
    this.context = context;
    this.node = node;
  }

  @Override
  public String serviceName(Properties properties) {
    String name = properties.get(GenericService.SERVICE_NAME);
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }

  @Override
  public Sighting look(Call call) throws ResourceException {
    String name = serviceName(call.properties());
    Path script = node.scripts().resolve(name);
    if (!Files.isExecutable(script)) {
      return Sighting.of(Stage.UNUSABLE, "there is no executable script " + script);
    }
    CommandResult status = call.run(Command.looking(service(name, "status"), Commands.LOOK_LIMIT));
    String words = Commands.words("service " + name + " status", status);
    if (status.timedOut() || !(status.exit() instanceof Exit.Code code)) {
      return Sighting.unknown(words);
    }
    return switch (code.code()) {
      case 0 -> running(call.properties(), name, words);
      case 1, 2, 3 -> Sighting.of(Stage.STOPPED, words);
      default -> Sighting.unknown(words);
    };
  }

  private Sighting running(Properties properties, String name, String words) {
    Optional<Long> pid = pid(properties);
    Optional<Long> ticks = pid.flatMap(node::startTicks);
    return new Sighting(
        Stage.RUNNING,
        ticks.map(start -> pid.orElseThrow() + ":" + start),
        ticks.map(Node::sinceBoot),
        0,
        ticks.isPresent()
            ? words + "; pid " + pid.orElseThrow()
            : words
                + "; no process is named by "
                + pidFile(properties)
                + ", so who started it cannot be told (PidFile)",
        atBoot(name),
        Optional.empty());
  }

  /** Links like {@code /etc/rc2.d/S01name}. */
  private Optional<String> atBoot(String name) {
    Path etc = node.scripts().resolveSibling("rc2.d");
    try (var links = Files.list(etc)) {
      return links.anyMatch(
              link -> link.getFileName().toString().matches("S\\d\\d" + Pattern.quote(name)))
          ? Optional.of(
              "%s is also started at boot (%s), and is Foreign then; have Holdfast alone start it: update-rc.d %s disable"
                  .formatted(name, etc, name))
          : Optional.empty();
    } catch (IOException none) {
      return Optional.empty(); // A node without run levels starts nothing by them.
    }
  }

  private Path pidFile(Properties properties) {
    return properties
        .find(GenericService.PID_FILE)
        .orElseGet(() -> node.pidFiles().resolve(serviceName(properties) + ".pid"));
  }

  private Optional<Long> pid(Properties properties) {
    try {
      String text = Node.beginning(pidFile(properties)).strip();
      int digits = 0;
      while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
        digits++;
      }
      boolean isPid =
          digits > 0
              && digits <= PID_DIGITS
              && text.charAt(0) != '0'
              && (digits == text.length() || Character.isWhitespace(text.charAt(digits)));
      return isPid ? Optional.of(Long.parseLong(text, 0, digits, 10)) : Optional.empty();
    } catch (IOException none) {
      return Optional.empty(); // Not every script keeps one.
    }
  }

  @Override
  public boolean runsOn(Call call, String run) {
    Optional<Long> pid = pid(call.properties());
    return pid.isPresent() && isRun(pid.get(), run);
  }

  private boolean isRun(long pid, String run) {
    return node.startTicks(pid).filter(start -> run.equals(pid + ":" + start)).isPresent();
  }

  @Override
  public CommandResult start(Call call) throws ResourceException {
    var words = new ArrayList<>(List.of(serviceName(call.properties()), "start"));
    call.properties()
        .find(GenericService.STARTUP_PARAMETERS)
        .ifPresent(parameters -> words.addAll(List.of(parameters.strip().split("\\s+"))));
    return call.run(
        Command.changing(service(words.toArray(String[]::new)), Commands.left(call, context)));
  }

  @Override
  public CommandResult stop(Call call) throws ResourceException {
    return call.run(
        Command.changing(
            service(serviceName(call.properties()), "stop"), Commands.left(call, context)));
  }

  /** A script has no other way than its own; then the process of the pid file is killed. */
  @Override
  public void kill(Call call, String run) throws ResourceException {
    call.run(Command.changing(service(serviceName(call.properties()), "stop"), KILL_LIMIT));
    int colon = run.indexOf(':');
    if (colon > 0) {
      long pid = Long.parseLong(run.substring(0, colon));
      if (isRun(pid, run)) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
    call.endLeft();
  }

  @Override
  public List<String> lastLines(Call call) {
    Optional<Path> log = call.properties().find(GenericService.LOG_FILE);
    if (log.isEmpty()) {
      return List.of();
    }
    try (var file = new RandomAccessFile(log.get().toFile(), "r")) {
      file.seek(Math.max(0, file.length() - TAIL_BYTES));
      var tail = new byte[TAIL_BYTES];
      int read = Math.max(0, file.read(tail));
      List<String> lines = new String(tail, 0, read, UTF_8).lines().toList();
      return lines.subList(Math.max(0, lines.size() - LINES), lines.size());
    } catch (IOException none) {
      return List.of(); // What failed is told all the same.
    }
  }

  @Override
  public String stopByHand(Properties properties) {
    return "service " + serviceName(properties) + " stop";
  }

  private Launch service(String... words) {
    return node.program("service", List.of(words));
  }
}
