package dev.holdfast.plugins.service;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Launch;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  /** Of a process's line in {@code /proc/PID/stat}: its start is field 22, its state field 3. */
  private static final int START_AFTER_STATE = 19;

  /** More than a line of {@code /proc/PID/stat} or a pid file has. */
  private static final int LINE_BYTES = 1024;

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
      String stat = beginning(proc.resolve(Long.toString(pid)).resolve("stat"));
      // The name before it may have any character.
      int state = stat.lastIndexOf(") ") + 2;
      if (state < 2 || stat.charAt(state) == 'Z' || stat.charAt(state) == 'X') {
        return Optional.empty();
      }
      int start = state;
      for (int i = 0; i < START_AFTER_STATE; i++) {
        start = stat.indexOf(' ', start) + 1;
      }
      return Optional.of(Long.parseLong(stat, start, stat.indexOf(' ', start), 10));
    } catch (IOException gone) {
      return Optional.empty(); // There is no such process.
    }
  }

  /** The first KiB of a file, with as little ado as can be: each second, for each service. */
  static String beginning(Path file) throws IOException {
    try (var in = new FileInputStream(file.toFile())) {
      var bytes = new byte[LINE_BYTES];
      int read = in.read(bytes);
      return new String(bytes, 0, Math.max(0, read), ISO_8859_1);
    }
  }

  static Duration sinceBoot(long ticks) {
    return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
  }
}
