package dev.holdfast.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** A cluster service of the distribution, started by its launcher on a home of its own. */
final class LiveService implements AutoCloseable {
  private static final Pattern SOCKET = Pattern.compile(" socket (\\S+)");
  private static final String GROUP = "bench";

  /** Of the clock by which the kernel shows times: USER_HZ is 100. */
  private static final long TICK_NANOS = 10_000_000;

  private final Process process;
  private final Api api;
  private final long readyNanos;

  private LiveService(Process process, Api api, long readyNanos) {
    this.process = process;
    this.api = api;
    this.readyNanos = readyNanos;
  }

  /** Starts it, and returns when it has said ready. */
  static LiveService start(Ground ground, Path home, Map<String, String> environment)
      throws IOException {
    return start(ground, home, environment, "ready", List.of());
  }

  /**
   * Starts it, and returns when it has said what it is.
   *
   * @param as ready, or waiting for a quorum that another one holds
   * @param flags further ones
   */
  static LiveService start(
      Ground ground, Path home, Map<String, String> environment, String as, List<String> flags)
      throws IOException {
    Files.createDirectories(home);
    List<String> command =
        new ArrayList<>(
            List.of(ground.launcher().toString(), "serve", "--home", home.toString(), "-q"));
    command.addAll(flags);
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectInput(Path.of("/dev/null").toFile());
    Path errors = ground.directory().resolve("serve-%s.err".formatted(home.getFileName()));
    builder.redirectError(errors.toFile());
    long start = System.nanoTime();
    Process process = builder.start();
    try {
      var lines = new BufferedReader(process.inputReader(StandardCharsets.UTF_8));
      String line = lines.readLine();
      long nanos = System.nanoTime() - start;
      Matcher socket = SOCKET.matcher(line == null ? "" : line);
      if (line == null || !line.startsWith(as + " ") || !socket.find()) {
        throw new IOException(
            "The service did not get " + as + ": " + line + " " + Files.readString(errors));
      }
      return new LiveService(process, new Api(Path.of(socket.group(1))), nanos);
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** From its start, launcher included, to its ready line. */
  long readyNanos() {
    return readyNanos;
  }

  Api api() {
    return api;
  }

  int pid() {
    return Math.toIntExact(process.pid());
  }

  /** How long its threads have run, in steps of ten milliseconds. */
  long cpuNanos() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    // User and system time are the 14th and 15th, and the second may have blanks in it.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_NANOS;
  }

  /** Makes the group that resources are in. */
  void makeGroup() throws IOException {
    api.change("POST", "/v1/groups", Map.of("name", GROUP));
  }

  /** Makes a Generic Application. */
  void make(String name, Map<String, List<String>> properties) throws IOException {
    make(name, "Generic Application", properties);
  }

  /** Makes a resource of a type. */
  void make(String name, String type, Map<String, List<String>> properties) throws IOException {
    api.change(
        "POST",
        "/v1/resources",
        Map.of("name", name, "type", type, "group", GROUP, "properties", properties));
  }

  /** Makes so many applications that sleep, and brings all of them online. */
  void makeSleepers(int count) throws IOException {
    makeGroup();
    for (int i = 0; i < count; i++) {
      make("sleeper-%03d".formatted(i), Map.of("CommandLine", List.of("/bin/sleep 1000000")));
    }
    online();
  }

  /** Brings all of the group online. */
  void online() throws IOException {
    api.change("POST", "/v1/groups/" + GROUP + "/online", Map.of());
  }

  /** Takes all of the group offline. */
  void offline() throws IOException {
    api.change("POST", "/v1/groups/" + GROUP + "/offline", Map.of());
  }

  /** Whether every resource is Online and supervised. */
  boolean isWhole() throws IOException {
    for (JsonNode resource : api.all("/v1/resources")) {
      if (!resource.path("state").asString("").equals("Online")
          || !resource.path("unsupervisedSince").isNull()) {
        return false;
      }
    }
    return true;
  }

  /** The pids of all applications, in the resources' order. */
  List<Integer> applicationPids() throws IOException {
    return api.all("/v1/resources").valueStream().map(r -> r.path("pid").asInt(0)).toList();
  }

  int monitorPid() throws IOException {
    return api.one("/v1/monitors/shared-0").path("pid").asInt(0);
  }

  /** Kills the service, and waits until it and its monitors are gone; applications go on. */
  void kill() throws IOException {
    List<ProcessHandle> monitors = monitors();
    Ground.kill(pid());
    process.onExit().join();
    awaitLeft(monitors);
  }

  private List<ProcessHandle> monitors() {
    return process.children().filter(LiveService::isMonitor).toList();
  }

  private static void awaitLeft(List<ProcessHandle> monitors) throws IOException {
    Ground.await(
        "the service's monitors have left", () -> monitors.stream().noneMatch(LiveService::runs));
  }

  /** A dead one that init has not reaped yet has left. */
  private static boolean runs(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return process.isAlive() && !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException gone) {
      return false;
    }
  }

  private static boolean isMonitor(ProcessHandle child) {
    return child.info().commandLine().orElse("").contains("ResourceMonitor");
  }

  /** Takes everything offline and stops it, unless it was killed. */
  @Override
  public void close() throws IOException {
    if (process.isAlive()) {
      List<ProcessHandle> monitors = monitors();
      process.destroy();
      process.onExit().join();
      awaitLeft(monitors);
    }
  }
}
