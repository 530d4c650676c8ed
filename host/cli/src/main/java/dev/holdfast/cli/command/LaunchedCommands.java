package dev.holdfast.cli.command;

import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import dev.holdfast.cli.session.Session;
import dev.holdfast.cli.tour.TourGuide;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Commands that are the service itself. The launcher hands them to the service's own main; here is
 * their help, and the tours of {@code demo}.
 */
final class LaunchedCommands {
  private LaunchedCommands() {}

  abstract static class Launched extends Verb {
    @Option(
        names = "--http",
        paramLabel = "HOST:PORT",
        description = "Loopback address for reading over TCP; port 0 takes a free one.")
    @Nullable String http;

    @Option(names = "--no-http", description = "No TCP port: the default.")
    boolean noHttp;

    @Option(
        names = "--quorum",
        paramLabel = "DIR",
        description =
            "Quorum directory; default: quorum in the home. Waits while another holds it.")
    @Nullable String quorum;

    @Option(names = "--node", paramLabel = "NAME", description = "This node's name.")
    @Nullable String node;

    /** What of these was said, for a service that is started. */
    List<String> serviceFlags() {
      List<String> said = new ArrayList<>();
      addIfSaid(said, "--http", http);
      addIfSaid(said, "--quorum", quorum);
      addIfSaid(said, "--node", node);
      return said;
    }

    private static void addIfSaid(List<String> said, String flag, @Nullable String value) {
      if (value != null) {
        said.add(flag + "=" + value);
      }
    }

    @Override
    int run(Session session) {
      throw usage(spec().qualifiedName() + " is the service itself: start it by bin/holdfast.");
    }
  }

  static final class Serve extends Launched {}

  /** A tour is played from here; it starts a service of its own. */
  static final class Demo extends Launched {
    private static final String DISTRIBUTION = "holdfast.dist";

    @Option(
        names = "--tour",
        paramLabel = "ARTICLE",
        arity = "0..1",
        fallbackValue = "",
        description =
            "Play an article of the Knowledge Base, as Q316772: failure, evidence and cure, in a"
                + " home of its own, which is removed afterwards; one that is named by --home"
                + " stays. Without a name, all tours are listed.")
    @Nullable String tour;

    @Option(names = "--pause", description = "Wait for Enter after each step of a tour.")
    boolean pause;

    @Override
    int run(Session session) {
      if (tour == null) {
        return super.run(session);
      }
      String distribution = System.getProperty(DISTRIBUTION);
      if (distribution == null) {
        throw usage("A tour needs the distribution: start it by bin/holdfast.");
      }
      var guide = new TourGuide(Path.of(distribution), session.out(), pause ? System.in : null);
      if (tour.isEmpty()) {
        guide.list();
        return ExitCode.OK.number();
      }
      @Nullable String home = session.flags().home;
      try {
        guide.play(tour, home == null ? null : Path.of(home), serviceFlags());
        return ExitCode.OK.number();
      } catch (IOException e) {
        throw new Failure(ExitCode.FAILED, "The tour " + tour + " failed: " + e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure(ExitCode.FAILED, "The tour " + tour + " was interrupted.", e);
      }
    }
  }
}
