package dev.holdfast.service.demo;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.ClusterApi;
import dev.holdfast.service.api.Command;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.api.Outcome;
import dev.holdfast.service.api.ResourceView;
import dev.holdfast.service.home.Home;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The sample cluster: one group with two web servers from the JDK that serve different folders, the
 * second depending on the first, and one resource of a custom type from an archive of its own. All
 * of it is made through the same API that the command line uses.
 *
 * <p>Ports are free ones, recorded as properties: the same demo has the same addresses the next
 * time, unless somebody else took them.
 */
public final class Demo {
  private static final Asker ASKER = new Asker("demo", false);
  private static final Duration ONLINE_WAIT_MAX = Duration.ofMinutes(2);
  private static final String GROUP = "demo";
  private static final String TYPE = "Generic Application";

  /**
   * Below those that the kernel gives to whoever connects. One of these may be somebody's by the
   * time a site is restarted, even its own check's, which then talks to itself.
   */
  private static final int PORT_MIN = 20_000;

  private static final int PORTS = 10_000;
  private static final int PORT_STRIDE = 31;

  private final ClusterApi api;
  private final Home home;
  private final Path tickerArchive;
  private final Path launcher;
  private final PrintStream out;

  /**
   * @param tickerArchive the archive of the custom type
   * @param launcher the command people use
   * @param out where it says what it did and what to try
   */
  public Demo(ClusterApi api, Home home, Path tickerArchive, Path launcher, PrintStream out) {
    this.api = api;
    this.home = home;
    this.tickerArchive = tickerArchive;
    this.launcher = launcher;
    this.out = out;
  }

  /** Makes what is missing, and brings all of it online. */
  public void run() throws IOException, InterruptedException {
    out.println("Holdfast demo, in the home " + home);
    if (api.types().stream().noneMatch(type -> type.name().equals("Ticker"))) {
      say("registering the type Ticker from " + tickerArchive.getFileName());
      await(new Command.RegisterType(tickerArchive));
    }
    if (api.groups().stream().noneMatch(group -> group.name().equals(GROUP))) {
      await(new Command.CreateGroup(GROUP));
    }
    site("site-a", List.of());
    site("site-b", List.of("site-a"));
    if (find("ticker").isEmpty()) {
      await(
          new Command.CreateResource(
              "ticker",
              "Ticker",
              GROUP,
              Map.of("Interval", List.of("1s"), "Message", List.of("tick")),
              false,
              List.of()));
    }
    say("bringing the group " + GROUP + " online");
    await(new Command.OnlineGroup(GROUP));
    tell();
  }

  // ---- resources ---------------------------------------------------------------------------

  private void site(String name, List<String> dependsOn) throws IOException, InterruptedException {
    Path folder = home.root().resolve("demo").resolve(name);
    if (!Files.exists(folder.resolve("index.html"))) {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("index.html"),
          "<!doctype html><title>%s</title><h1>This is %s</h1>%n".formatted(name, name));
    }
    Optional<ResourceView> existing = find(name);
    if (existing.isEmpty()) {
      await(
          new Command.CreateResource(
              name, TYPE, GROUP, properties(folder, freePort(folder)), false, dependsOn));
    } else if (!existing.get().state().equals("Online") && !isFree(port(existing.get()))) {
      say(name + ": its port is taken by somebody else, it gets another");
      await(new Command.SetResource(name, properties(folder, freePort(folder)), true));
    }
  }

  private static Map<String, List<String>> properties(Path folder, int port) {
    Path server = Path.of(System.getProperty("java.home"), "bin", "jwebserver");
    return Map.of(
        "CommandLine",
        List.of("'%s' -b 127.0.0.1 -p %d -d '%s'".formatted(server, port, folder)),
        "CurrentDirectory",
        List.of(folder.toString()),
        "Probe",
        List.of("http"),
        "ProbeUrl",
        List.of("http://127.0.0.1:%d/".formatted(port)),
        // A laptop that is busy building something is no reason to restart a web server.
        "ProbeTimeout",
        List.of("5s"));
  }

  private Optional<ResourceView> find(String name) {
    return api.resources().stream().filter(resource -> resource.name().equals(name)).findFirst();
  }

  private static int port(ResourceView site) {
    return URI.create(url(site)).getPort();
  }

  private static String url(ResourceView site) {
    return String.valueOf(site.properties().get("ProbeUrl"));
  }

  /** Each site of each home looks elsewhere first, so that two seldom want the same. */
  private static int freePort(Path folder) throws IOException {
    int first = Math.floorMod(folder.hashCode() * PORT_STRIDE, PORTS);
    for (int i = 0; i < PORTS; i++) {
      int port = PORT_MIN + (first + i) % PORTS;
      if (isFree(port)) {
        return port;
      }
    }
    throw new IOException(
        "No port from %d to %d is free on the loopback address; the demo's web servers need two."
            .formatted(PORT_MIN, PORT_MIN + PORTS - 1));
  }

  private static boolean isFree(int port) {
    try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException e) {
      // Taken, which is all that is asked.
      return false;
    }
  }

  // ---- commands ----------------------------------------------------------------------------

  private void await(Command command) throws IOException, InterruptedException {
    Operation operation;
    try {
      operation = api.submit(command, ASKER);
    } catch (ApiException e) {
      throw new IOException("The demo could not be set up: " + e.getMessage(), e);
    }
    int seen = 0;
    long end = System.nanoTime() + ONLINE_WAIT_MAX.toNanos();
    while (operation.outcome().isEmpty() && System.nanoTime() - end < 0) {
      for (var line : operation.awaitLines(seen, Duration.ofMillis(200))) {
        say("%-10s %s".formatted(line.subject(), line.text()));
        seen++;
      }
    }
    Optional<Outcome> outcome = operation.outcome();
    if (outcome.isEmpty()) {
      throw new IOException(
          "The demo is not set up yet: "
              + operation.what()
              + " goes on after "
              + ONLINE_WAIT_MAX.toSeconds()
              + " s. Look with: "
              + hint("status"));
    }
    if (outcome.get() instanceof Outcome.Failed failed) {
      throw new IOException("The demo could not be set up: " + failed.refusal().getMessage());
    }
  }

  private void say(String line) {
    out.println("  " + line);
    out.flush();
  }

  // ---- what to try -------------------------------------------------------------------------

  private void tell() {
    out.println();
    out.println("Running, as processes of their own:");
    for (String name : List.of("site-a", "site-b", "ticker")) {
      find(name)
          .ifPresent(
              resource ->
                  out.printf(
                      "  %-8s pid %-8s %s%n",
                      name,
                      resource.pid(),
                      name.equals("ticker") ? "writes a line a second" : url(resource)));
    }
    out.println();
    out.println("Try, in a second terminal:");
    hint("what runs, and where", "status");
    hint("kill the monitor that holds them: nothing else dies", "monitor kill shared-0");
    hint("what was found of that death", "incident list");
    hint("kill a web server: it is restarted by policy", "resource show site-a");
    out.printf("    kill -9 %s%n", find("site-a").map(ResourceView::pid).orElse(null));
    hint("why it is in the state it is in", "why site-a");
    hint("what the ticker writes", "resource logs ticker");
    hint("everything that happened", "events");
    out.println();
    out.println("Stories of failures, played and explained: " + launcher + " demo --tour");
    out.println("Ctrl-C takes everything offline, in order; a second one does not wait.");
    out.flush();
  }

  private void hint(String what, String command) {
    out.printf("  # %s%n    %s%n", what, hint(command));
  }

  private String hint(String command) {
    return launcher + " " + command + " --home " + home;
  }
}
