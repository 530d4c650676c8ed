package dev.holdfast.plugins.service;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where things stand on a node.
 *
 * @param systemd the folder that is there where systemd is the service manager (sd_booted(3))
 * @param units where systemd keeps, for each unit that is not inactive, a link to its InvocationID
 * @param scripts the SysV scripts
 * @param pidFiles where a script's pid file is looked for
 * @param proc the proc file system
 * @param programs what goes before the names of programs: empty, for those of the PATH
 */
record Node(Path systemd, Path units, Path scripts, Path pidFiles, Path proc, String programs) {
  static final Node THIS =
      new Node(
          Path.of("/run/systemd/system"),
          Path.of("/run/systemd/units"),
          Path.of("/etc/init.d"),
          Path.of("/run"),
          Path.of("/proc"),
          "");

  /** USER_HZ, in which the kernel tells times to programs; the same on every machine. */
  private static final int TICKS_PER_SECOND = 100;

  /** A process's state and start, in {@code /proc/PID/stat}: fields 3 and 22. */
  private static final Pattern STAT = Pattern.compile(".*\\) (\\S)(?: \\S+){18} (\\d+) .*");

  /** What runs services here. */
  ServiceManager manager(Context context) {
    return Files.isDirectory(systemd) ? new Systemd(context, this) : new SysvScripts(context, this);
  }

  /** A program of this node, whose output is not translated. */
  Launch program(String name, List<String> words) {
    var command = new ArrayList<>(List.of(programs + name));
    command.addAll(words);
    return Launch.of(command).with("LC_ALL", "C");
  }

  /** How long this boot lasts already, to ten milliseconds, and never more than it does. */
  Duration uptime() throws IOException {
    String first = Files.readString(proc.resolve("uptime")).split(" ", 2)[0];
    return Duration.ofMillis(Math.round(Double.parseDouble(first) * 1000));
  }

  /** What tells this boot from every other. */
  String bootId() throws IOException {
    return Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
  }

  /** When a process began, in ticks since boot; empty when it does not run. */
  Optional<Long> startTicks(long pid) {
    try {
      Matcher stat = STAT.matcher(Files.readString(proc.resolve(pid + "/stat")).strip());
      return stat.matches() && !"Z".equals(stat.group(1)) && !"X".equals(stat.group(1))
          ? Optional.of(Long.parseLong(stat.group(2)))
          : Optional.empty();
    } catch (IOException gone) {
      return Optional.empty(); // There is no such process.
    }
  }

  static Duration sinceBoot(long ticks) {
    return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
  }
}
