package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A cluster of one node in a home of its own: the service as a child of the test, the command line
 * to it, and the end of everything when the test is over, however it ended.
 */
final class Cluster implements AutoCloseable {
  /** Inherited by all that starts from the service, so that nothing of it can hide. */
  private static final String MARK = "SYSTEM_TEST_CLUSTER";

  private static final int LAST_LINES = 100;

  private final Path folder;
  private final Path home;
  private final Door door;
  private final Map<String, String> environment = new HashMap<>();
  private @Nullable Process service;
  private int starts;

  private Cluster(Path folder) {
    this.folder = folder;
    this.home = folder.resolve("home");
    this.door = new Door(home);
    environment.put(MARK, home.toString());
  }

  /** A home that nobody serves yet. */
  static Cluster empty() throws IOException {
    Path folder = Files.createTempDirectory("holdfast-system");
    // Other users may pass, as through /var/lib; the home itself is closed.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Cluster(folder);
  }

  /** A copy of a home that nobody serves; the template is only read. */
  static Cluster copyOf(Path template) throws IOException {
    Cluster cluster = empty();
    try (Stream<Path> files = Files.walk(template)) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            cluster.home.resolve(template.relativize(file).toString()),
            StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return cluster;
  }

  /** Takes a variable away from what is started from now on. */
  Cluster without(String variable) {
    environment.remove(variable);
    return this;
  }

  /** A variable for what is started from now on. */
  Cluster with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Starts {@code serve} or {@code demo} and waits for its ready line. */
  Cluster start(String noun, String... flags) throws IOException {
    try {
      assertThat(startOrEnd(noun, flags))
          .as("%s ended before it was ready: %s", noun, Files.readString(errorFile()))
          .isTrue();
    } catch (RuntimeException | AssertionError e) {
      // Whoever called has nothing yet that could be closed.
      close();
      throw e;
    }
    return this;
  }

  /** Starts {@code serve} and waits until it says that it waits for another node. */
  Cluster startWaiting(String... flags) throws IOException {
    Process started = launch("serve", flags);
    awaitLine("waiting ");
    assertThat(started.isAlive()).as("serve waits: %s", errors()).isTrue();
    return this;
  }

  /**
   * Starts {@code serve} among processes that nobody outside of them can tell by their ids, as on
   * another machine; they are there until this is closed, also when the service is dead. Waits
   * until it is ready.
   */
  Cluster startApart(String... flags) throws IOException {
    Process apart =
        launch(
            List.of(
                "unshare",
                "--pid",
                "--fork",
                "--mount-proc",
                "--kill-child",
                "sh",
                "-c",
                "\"$0\" \"$@\" & wait; exec sleep 100000"),
            "serve",
            flags);
    Patience.until("serve is ready", () -> readyLine().isPresent() || !apart.isAlive());
    assertThat(readyLine()).as("serve, apart: %s", errors()).isPresent();
    return this;
  }

  /** The one process of this home whose command line has this word. */
  long pidOf(String word) {
    List<Long> found =
        processes().stream()
            .filter(process -> process.command().contains(word))
            .map(Processes.Seen::pid)
            .toList();
    assertThat(found).as("processes that are %s", word).hasSize(1);
    return found.getFirst();
  }

  /** Waits until the service has written a line that begins so. */
  void awaitLine(String beginning) {
    Patience.until(
        "the service of " + home + " says: " + beginning,
        () -> output().lines().anyMatch(line -> line.startsWith(beginning)));
  }

  /** Starts it and waits until it is ready, which it is if this is true, or has ended. */
  boolean startOrEnd(String noun, String... flags) throws IOException {
    Process started = launch(noun, flags);
    Patience.until(
        noun + " says that it is ready, or ends",
        () -> readyLine().isPresent() || !started.isAlive());
    return readyLine().isPresent();
  }

  private Process launch(String noun, String... flags) throws IOException {
    return launch(List.of(), noun, flags);
  }

  private Process launch(List<String> within, String noun, String... flags) throws IOException {
    starts++;
    List<String> command = new ArrayList<>(within);
    command.addAll(List.of(Distribution.launcher().toString(), noun, "--home", home.toString()));
    command.addAll(List.of(flags));
    Process started =
        Distribution.builder(environment, command)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(outputFile().toFile())
            .redirectError(errorFile().toFile())
            .start();
    service = started;
    return started;
  }

  private Path outputFile() {
    return folder.resolve("service-" + starts + ".out");
  }

  private Path errorFile() {
    return folder.resolve("service-" + starts + ".err");
  }

  Optional<String> readyLine() throws IOException {
    return output().lines().filter(line -> line.startsWith("ready ")).findFirst();
  }

  /** What the service has written to stdout so far. */
  String output() throws IOException {
    return Files.readString(outputFile());
  }

  /** Reads from its socket. */
  Door door() {
    return door;
  }

  Path home() {
    return home;
  }

  /** A folder beside the home. */
  Path folder() {
    return folder;
  }

  /** The service's process, started last. */
  Process service() {
    if (service == null) {
      throw new IllegalStateException("nothing was started on " + home);
    }
    return service;
  }

  /** Ends the service's process by a signal and waits until it is gone. */
  int end(String signal) throws IOException, InterruptedException {
    Processes.signal(service().pid(), signal);
    return awaitEnd();
  }

  /** Waits until the service's process is gone; its exit code. */
  int awaitEnd() throws InterruptedException {
    assertThat(service().waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
        .as("the service has ended")
        .isTrue();
    return service().exitValue();
  }

  // ---- commands ----------------------------------------------------------------------------

  /** Runs a command of the distribution on this home. */
  Ran cli(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Distribution.launcher().toString()));
    command.addAll(List.of(words));
    command.addAll(List.of("--home", home.toString()));
    return Distribution.run(folder, environment, command);
  }

  /** Runs a command that has to succeed. */
  Ran does(String... words) throws IOException, InterruptedException {
    Ran ran = cli(words);
    assertThat(ran.exitCode()).as(ran.toString()).isZero();
    return ran;
  }

  /**
   * Creates an application in the group "apps" that keeps a {@link LifeJournal}, is restarted at
   * once and without end, and is polled often.
   */
  void createTestifying(String name, String... more) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("resource", "create", name, "-g", "apps"));
    words.addAll(List.of("-t", "Generic Application"));
    words.addAll(List.of("-p", "CommandLine=" + LifeJournal.in(folder, name).commandLine()));
    words.addAll(List.of("-p", "RestartThreshold=-1", "-p", "RestartDelay=0"));
    words.addAll(List.of("-p", "LooksAlivePollInterval=500", "-p", "IsAlivePollInterval=1000"));
    words.addAll(List.of(more));
    does(words.toArray(String[]::new));
  }

  /** Runs a line as a shell does in which {@code holdfast} is installed and knows this home. */
  Ran paste(String line) throws IOException, InterruptedException {
    var surroundings = new HashMap<>(environment);
    surroundings.put("PATH", Distribution.root().resolve("bin") + ":" + System.getenv("PATH"));
    surroundings.put("HOLDFAST_HOME", home.toString());
    return Distribution.run(folder, surroundings, List.of("sh", "-c", line));
  }

  /** The items of a command's JSON answer. */
  List<JsonNode> items(String... words) throws IOException, InterruptedException {
    List<String> asJson = new ArrayList<>(List.of(words));
    asJson.addAll(List.of("-o", "json"));
    JsonNode envelope = Door.json(does(asJson.toArray(String[]::new)).out());
    assertThat(envelope.path("apiVersion").asString("")).isEqualTo("holdfast/v1");
    assertThat(envelope.path("kind").asString("")).isNotEmpty();
    return List.copyOf(envelope.required("items").values());
  }

  /** The one item of a command's JSON answer. */
  JsonNode item(String... words) throws IOException, InterruptedException {
    List<JsonNode> items = items(words);
    assertThat(items).hasSize(1);
    return items.getFirst();
  }

  /** Makes a change without the command line between, for what is done a hundred times. */
  void change(String method, String path, Object body) throws IOException {
    door.change(method, path, body);
  }

  // ---- what is there -----------------------------------------------------------------------

  /** A resource as the service knows it now. */
  JsonNode resource(String name) throws IOException {
    return door.items("/v1/resources/" + name).getFirst();
  }

  /** What the service that was started last has written to stderr. */
  String errors() throws IOException {
    return Files.readString(errorFile());
  }

  List<JsonNode> resources() throws IOException {
    return door.items("/v1/resources");
  }

  JsonNode monitor(String name) throws IOException {
    return door.items("/v1/monitors/" + name).getFirst();
  }

  JsonNode type(String name) throws IOException {
    return door.items("/v1/types/" + name.replace(" ", "%20")).getFirst();
  }

  JsonNode why(String resource) throws IOException {
    return door.items("/v1/why/" + resource).getFirst();
  }

  List<JsonNode> types() throws IOException {
    return door.items("/v1/types");
  }

  List<JsonNode> incidents() throws IOException {
    return door.items("/v1/incidents");
  }

  List<JsonNode> events(int id) throws IOException {
    return door.items("/v1/events?id=" + id);
  }

  /** The value of a field of a resource that is a number. */
  long number(String resource, String field) throws IOException {
    JsonNode value = resource(resource).required(field);
    assertThat(value.isNumber()).as("%s of %s is a number: %s", field, resource, value).isTrue();
    return value.asLong();
  }

  void awaitState(String resource, String state) {
    try {
      Patience.until(
          resource + " is " + state,
          () -> resource(resource).required("state").asString().equals(state));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(e.getMessage() + "\n" + evidence(resource), e);
    }
  }

  /** What a failure is understood by: the resource, why it is so, and what the service logged. */
  private String evidence(String resource) {
    try {
      List<String> log = Files.readAllLines(errorFile());
      return "%s%n%s%n%s"
          .formatted(
              resource(resource),
              why(resource),
              String.join("\n", log.subList(Math.max(0, log.size() - LAST_LINES), log.size())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A resource's own directory. */
  Path directory(String resource) throws IOException {
    return home.resolve("resources").resolve(resource(resource).required("id").asString());
  }

  /** Waits until each resource is held by a monitor. */
  void awaitSupervised() {
    Patience.until(
        "every resource is supervised",
        () -> resources().stream().allMatch(each -> each.required("monitorPid").isNumber()));
  }

  /** Every process that has to do with this home. */
  List<Processes.Seen> processes() {
    return Processes.of(home, MARK + "=" + home);
  }

  /** Waits until no process is left. */
  void awaitNothingLeft() {
    Patience.named("no process of " + home + " is left")
        .untilAsserted(() -> assertThat(processes()).isEmpty());
  }

  @Override
  public void close() throws IOException {
    if (service != null) {
      service.destroyForcibly().onExit().join();
    }
    // A process may start another while they are ended: until there is none.
    Patience.until(
        "all that was left of " + home + " is ended",
        () -> {
          List<Processes.Seen> left = processes();
          for (Processes.Seen process : left) {
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
          }
          return left.isEmpty();
        });
    removeRuntimeDirectory();
    removeTree(folder);
  }

  private void removeRuntimeDirectory() throws IOException {
    if (Files.exists(home.resolve("run").resolve("service.json"))) {
      JsonNode socket = door.serviceFile().path("socket");
      Path runtime = socket.isString() ? Path.of(socket.asString()).getParent() : null;
      if (runtime != null && runtime.getFileName().toString().startsWith("holdfast-")) {
        removeTree(runtime);
      }
    }
  }

  static void removeTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
