package dev.holdfast.service;

import ch.qos.logback.classic.Level;
import dev.holdfast.failpoint.FailPoints;
import dev.holdfast.service.api.NearestName;
import dev.holdfast.service.clock.SteadyClock;
import dev.holdfast.service.demo.Demo;
import dev.holdfast.service.home.DefaultHome;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.home.HomeLock;
import dev.holdfast.service.node.NodeNameTakenException;
import dev.holdfast.service.node.RunsElsewhereException;
import dev.holdfast.service.settings.ServiceSettings;
import dev.holdfast.service.systemd.Notifier;
import dev.holdfast.service.systemd.Systemd;
import dev.holdfast.service.systemd.Watchdog;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * The main of the cluster service: {@code serve} runs it, {@code demo} runs it with a sample
 * cluster.
 */
public final class ClusterServiceMain {
  static final int EXIT_OK = 0;
  static final int EXIT_FAILED = 1;
  static final int EXIT_USAGE = 2;
  static final int EXIT_CONFLICT = 7;
  static final int EXIT_INTERNAL = 70;

  /**
   * How long a home, or a quorum that was taken over, may take to be opened and recovered before
   * systemd's watchdog takes it for hung. TimeoutStartSec= of holdfast.service, for the first time.
   */
  private static final Duration OPENING_MAX = Duration.ofMinutes(5);

  /** What a shell reports for a process that SIGINT ended. */
  static final int EXIT_INTERRUPTED = 130;

  private ClusterServiceMain() {}

  /**
   * Runs {@code serve} or {@code demo}.
   *
   * @param args the command, then its flags
   */
  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  static int run(String[] args, PrintStream out, PrintStream err) {
    if (args.length > 0 && args[0].equals("--train")) {
      return Training.run(err);
    }
    if (args.length == 0 || !(args[0].equals("serve") || args[0].equals("demo"))) {
      err.println("holdfast: the service's main runs serve or demo.");
      return EXIT_USAGE;
    }
    boolean demo = args[0].equals("demo");
    var options = new ServeOptions();
    try {
      requireKnownFailPoints(System.getenv(FailPoints.VARIABLE));
      new CommandLine(options).parseArgs(Arrays.copyOfRange(args, 1, args.length));
      options.httpAddress();
      var _ = options.nodeName();
    } catch (CommandLine.ParameterException | IllegalArgumentException e) {
      err.println(
          "holdfast " + args[0] + ": " + oneLine(e) + " See holdfast " + args[0] + " --help.");
      return EXIT_USAGE;
    }
    try {
      return serve(options, demo, out);
    } catch (HomeLock.HeldException | NodeNameTakenException | RunsElsewhereException e) {
      err.println("holdfast: " + oneLine(e));
      return EXIT_CONFLICT;
    } catch (IOException e) {
      err.println("holdfast: " + explained(e, homeDirectory(options, demo)));
      return EXIT_FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return EXIT_FAILED;
    } catch (RuntimeException e) {
      err.println("holdfast: the cluster service failed: " + e);
      e.printStackTrace(err);
      return EXIT_INTERNAL;
    }
  }

  /** Before anything is touched; what a monitor is given was looked at here. */
  static void requireKnownFailPoints(@Nullable String text) {
    if (text != null) {
      var _ = FailPoints.parse(text, NearestName::to);
    }
  }

  private static int serve(ServeOptions options, boolean demo, PrintStream out)
      throws IOException, InterruptedException {
    Home home = Home.open(homeDirectory(options, demo));
    ServiceSettings settings = ServiceSettings.read(home.settings(), System.getenv());
    LogSetup.console(settings, consoleLevel(options, demo));
    var lives = new Lives<ClusterService>();
    try (var systemd =
        Systemd.of(System.getenv(), ProcessHandle.current().pid(), new SteadyClock())) {
      while (true) {
        Optional<Integer> ended = live(options, home, settings, demo, out, lives, systemd);
        if (ended.isPresent()) {
          return ended.get();
        }
        if (lives.isAsked()) {
          return EXIT_OK; // Between two lives: it holds nothing, and need not begin to wait.
        }
      }
    }
  }

  /**
   * One life of the service.
   *
   * @return what to end with; empty when the quorum was handed to another node, and this one goes
   *     on as one that waits
   */
  private static Optional<Integer> live(
      ServeOptions options,
      Home home,
      ServiceSettings settings,
      boolean demo,
      PrintStream out,
      Lives<ClusterService> lives,
      Systemd systemd)
      throws IOException, InterruptedException {
    Notifier notifier = systemd.notifier();
    Watchdog watchdog = systemd.watchdog();
    watchdog.trust(OPENING_MAX);
    // The home's lock is taken before its log is written to.
    try (var service = new ClusterService(options, home, settings, notifier)) {
      LogSetup.apply(settings, home.log(), consoleLevel(options, demo));
      TerminationSignals.onEach(
          TerminationSignals.END, () -> lives.ask(life -> life.requestStop(false)));
      TerminationSignals.onEach(
          TerminationSignals.END_AND_KEEP, () -> lives.ask(ClusterService::requestKeep));
      lives.begin(service);
      if (service.isWaiting()) {
        say(out, waitingLine(service));
        notifier.ready(service.status());
        watchdog.watch(service::progress);
        if (!service.awaitQuorum(() -> watchdog.trust(OPENING_MAX))) {
          return Optional.of(EXIT_OK);
        }
      }
      service.start();
      if (demo) {
        new Demo(
                service.api(),
                home,
                service.distribution().sample("ticker"),
                service.distribution().launcher(),
                out)
            .run();
      }
      say(out, readyLine(service));
      notifier.ready(service.status());
      watchdog.watch(service::progress);
      service.makeAotCaches();
      service.awaitStopped();
      // What is asked from here on is for the next life, if there is one.
      lives.end();
      if (service.wasHandedOver()) {
        return Optional.empty();
      }
      return Optional.of(service.wasTerminated() ? EXIT_INTERRUPTED : EXIT_OK);
    }
  }

  private static void say(PrintStream out, String line) {
    out.println(line);
    out.flush();
  }

  private static String waitingLine(ClusterService service) {
    return "%s  for the quorum %s, held by %s"
        .formatted(line("waiting", service), service.holder().quorum(), service.holder());
  }

  private static String readyLine(ClusterService service) {
    return line("ready", service);
  }

  private static String line(String state, ClusterService service) {
    var addresses = service.addresses();
    return "%s  home %s  node %s  pid %d  socket %s%s"
        .formatted(
            state,
            service.home(),
            service.node(),
            ProcessHandle.current().pid(),
            addresses.socket(),
            addresses.http().map(uri -> "  http " + uri).orElse(""));
  }

  private static Path homeDirectory(ServeOptions options, boolean demo) {
    if (options.home != null) {
      return options.home;
    }
    return demo ? DefaultHome.demo(System.getenv()) : DefaultHome.serve(System.getenv());
  }

  private static Level consoleLevel(ServeOptions options, boolean demo) {
    if (options.quiet) {
      return Level.ERROR;
    }
    if (options.verbose) {
      return Level.TRACE;
    }
    return demo ? Level.WARN : Level.INFO;
  }

  /** Names the home where the system said no more than what was wrong, and what to do. */
  static String explained(IOException e, Path home) {
    String said = oneLine(e);
    if (said.contains("No space left on device") || said.contains("Disk quota exceeded")) {
      return "The cluster service of %s cannot run: %s. Applications are as they were. Make room, then: holdfast serve --home %s"
          .formatted(home, said, home);
    }
    return said.contains("/") ? said : "The cluster service of " + home + " cannot run: " + said;
  }

  private static String oneLine(Throwable thrown) {
    return String.valueOf(thrown.getMessage()).replaceAll("\\s*\\R\\s*", " ");
  }
}
