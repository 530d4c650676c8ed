package dev.holdfast.cli.command;

import dev.holdfast.cli.session.Session;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Commands that are the service itself. The launcher hands them to the service's own main; here is
 * their help.
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

    @Override
    int run(Session session) {
      throw usage(spec().qualifiedName() + " is the service itself: start it by bin/holdfast.");
    }
  }

  static final class Serve extends Launched {}

  static final class Demo extends Launched {}
}
