package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/**
 * A booted container: a systemd of its own as process 1, on this machine's {@code /usr}, which is
 * what the packages of {@code .ci/packages} put there. All else is empty and in memory. It has no
 * network but its loopback, and processes and cgroups of its own.
 *
 * <p>The distribution is at {@link #HOLDFAST}; AOT caches are there, too. It boots to {@code
 * basic.target}: the journal, sockets and timers, and no service of the machine's.
 *
 * <p>It ends with {@link #close}, and with this JVM, however that ends ({@code container.sh}). It
 * takes root and systemd-nspawn; where one is missing, tests that need a container are skipped, and
 * fail on CI.
 *
 * <p>From outside its processes look like any others. A test that runs Holdfast in one is
 * {@code @Isolated}: every other home's audit would find processes with tokens of no home that it
 * can see.
 */
final class Container implements AutoCloseable {
  /** Where the distribution is, as after an installation. */
  static final String HOLDFAST = "/opt/holdfast";

  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final AtomicInteger BOOTED = new AtomicInteger();

  /** {@code container.sh}; the container lives as long as its stdin is open. */
  private final Process keeper;

  private final Path folder;
  private final Path caches;

  /** The container's process 1, by its number out here. */
  private final long leader;

  private Container(Process keeper, Path folder, Path caches, long leader) {
    this.keeper = keeper;
    this.folder = folder;
    this.caches = caches;
    this.leader = leader;
  }

  /** Boots one, and waits until it is up. Skips the test where that cannot be done. */
  static Container boot() throws IOException, InterruptedException {
    requireContainers();
    String name =
        "holdfast-%d-%d".formatted(ProcessHandle.current().pid(), BOOTED.incrementAndGet());
    Path folder = Files.createTempDirectory(name);
    Path caches = Distribution.caches();
    Process keeper =
        new ProcessBuilder(command(name, folder, caches))
            .redirectErrorStream(true)
            .redirectOutput(console(folder).toFile())
            .start();
    try {
      var container = new Container(keeper, folder, caches, awaitLeader(keeper, folder));
      container.awaitUp();
      container.shell("mkdir -p /opt; ln -s %s %s".formatted(Distribution.root(), HOLDFAST));
      return container;
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      e.addSuppressed(new IOException("its console: " + Files.readString(console(folder))));
      end(keeper, folder);
      throw e;
    }
  }

  private static void requireContainers() throws IOException, InterruptedException {
    Tools.need("systemd-nspawn");
    Tools.need("nsenter");
    Tools.need("pkill");
    Tools.need(
        Distribution.run(Path.of("/tmp"), Map.of(), List.of("id", "-u")).out().strip().equals("0"),
        "a container can be booted by root only");
    Ran tried =
        Distribution.run(
            Path.of("/tmp"),
            Map.of(),
            List.of(
                "systemd-nspawn", "-D/", "--volatile=yes", "--register=no", "--keep-unit", "true"));
    Assumptions.assumeTrue(
        tried.exitCode() == 0, "the kernel lets nobody have containers: " + tried);
  }

  private static List<String> command(String name, Path folder, Path caches) throws IOException {
    Path script = folder.resolve("container.sh");
    try (InputStream source =
        Objects.requireNonNull(Container.class.getResourceAsStream("/container.sh"))) {
      Files.copy(source, script);
    }
    List<String> command =
        new ArrayList<>(List.of("sh", script.toString(), name, folder.toString()));
    // Caches are good for the place that they were made for: all is where it is out here.
    for (Path shared : List.of(Distribution.root(), caches, java())) {
      if (!shared.startsWith("/usr")) {
        command.add("--bind-ro=" + shared);
      }
    }
    command.add("--boot");
    command.add("systemd.unit=basic.target");
    command.add("systemd.mask=systemd-firstboot.service");
    variables(caches).forEach((key, value) -> command.add("systemd.setenv=" + key + "=" + value));
    return command;
  }

  /** What each process in the container inherits: its systemd hands it to services, too. */
  private static Map<String, String> variables(Path caches) {
    return Map.of("HOLDFAST_JAVA_HOME", java().toString(), "HOLDFAST_CACHE", caches.toString());
  }

  private static Path java() {
    return Path.of(System.getProperty("java.home"));
  }

  private static Path console(Path folder) {
    return folder.resolve("console");
  }

  private static long awaitLeader(Process keeper, Path folder) throws IOException {
    Patience.until(
        "the container has a process 1, or there is no container",
        () -> leader(folder) > 0 || !isNspawnAlive(folder) || !keeper.isAlive());
    long leader = leader(folder);
    Tools.need(
        leader > 0,
        "systemd-nspawn cannot boot a container here: " + Files.readString(console(folder)));
    return leader;
  }

  private static boolean isNspawnAlive(Path folder) throws IOException {
    return Processes.isAlive(nspawn(folder));
  }

  private static long nspawn(Path folder) throws IOException {
    return Long.parseLong(Files.readString(folder.resolve("nspawn")).strip());
  }

  /** Of the children of systemd-nspawn the one that is a systemd; 0 while there is none. */
  private static long leader(Path folder) throws IOException {
    return ProcessHandle.of(nspawn(folder)).stream()
        .flatMap(ProcessHandle::children)
        .filter(
            child -> child.info().command().filter(name -> name.endsWith("/systemd")).isPresent())
        .mapToLong(ProcessHandle::pid)
        .findFirst()
        .orElse(0);
  }

  private void awaitUp() {
    Patience.until(
        "the container is up",
        () -> {
          String state = run("systemctl", "is-system-running").out().strip();
          return state.equals("running") || state.equals("degraded");
        });
  }

  // ---- what is done in it ------------------------------------------------------------------

  /** Runs a command in the container, as root, to its end. */
  Ran run(String... command) throws IOException, InterruptedException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--target=" + leader,
                "--mount",
                "--uts",
                "--ipc",
                "--net",
                "--pid",
                "--cgroup",
                "--root",
                "--wd",
                "env",
                "-i",
                "PATH=" + HOLDFAST + "/bin:" + PATH,
                "HOME=/root",
                "LANG=C.UTF-8"));
    variables(caches).forEach((key, value) -> all.add(key + "=" + value));
    all.addAll(List.of(command));
    return Distribution.run(folder, Map.of(), all);
  }

  /** Runs a command that must end with 0. */
  Ran does(String... command) throws IOException, InterruptedException {
    Ran ran = run(command);
    assertThat(ran.exitCode()).as(ran.toString()).isZero();
    return ran;
  }

  /** Runs lines of a shell, each of which must end with 0. */
  Ran shell(String lines) throws IOException, InterruptedException {
    return does("sh", "-euc", lines);
  }

  /** Writes a file in the container, and the folders above it. */
  void write(String file, String text) throws IOException {
    Path there = file(file);
    Files.createDirectories(Objects.requireNonNull(there.getParent()));
    Files.writeString(there, text);
  }

  /** A file of the container as it is reached from out here. No link on the way leads right. */
  Path file(String file) {
    return Path.of("/proc", Long.toString(leader), "root", file);
  }

  /** A property of a unit, as {@code systemctl show} has it. */
  String property(String unit, String property) throws IOException, InterruptedException {
    return does("systemctl", "show", "--value", "--property=" + property, unit).out().strip();
  }

  /** What the journal has of a unit, the messages alone. */
  String journal(String unit) throws IOException, InterruptedException {
    return does("journalctl", "--no-pager", "--output=cat", "--unit=" + unit).out();
  }

  /** Sends a signal to a process, by its number in the container. */
  void signal(long pid, String signal) throws IOException, InterruptedException {
    does("kill", "-s", signal, Long.toString(pid));
  }

  /** Whether a process, by its number in the container, lives and is no zombie. */
  boolean isAlive(long pid) throws IOException, InterruptedException {
    Ran ran = run("ps", "-o", "state=", "-p", Long.toString(pid));
    return ran.exitCode() == 0 && !ran.out().strip().equals("Z");
  }

  // ---- its end -----------------------------------------------------------------------------

  /** Ends it with all that runs in it. Nothing of it is left. */
  @Override
  public void close() throws IOException {
    end(keeper, folder);
  }

  private static void end(Process keeper, Path folder) throws IOException {
    keeper.getOutputStream().close();
    Patience.until("the container of " + folder + " has ended", () -> !keeper.isAlive());
    assertThat(keeper.exitValue())
        .as("the container of %s left nothing: %s", folder, Files.readString(console(folder)))
        .isZero();
    Cluster.removeTree(folder);
  }
}
