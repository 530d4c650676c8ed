package dev.holdfast.service;

import dev.holdfast.cluster.Requests;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The flags of {@code serve} and {@code demo}. */
@Command(
    name = "serve",
    description = "Runs the cluster service in the foreground.",
    sortOptions = false,
    mixinStandardHelpOptions = false)
final class ServeOptions {
  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "data directory of this node (or HOLDFAST_HOME)")
  @Nullable Path home;

  @Option(
      names = "--quorum",
      paramLabel = "DIR",
      description =
          "quorum directory, where it has a place of its own; waits while another node holds it")
  @Nullable Path quorum;

  @Option(names = "--node", paramLabel = "NAME", description = "this node's name")
  @Nullable String node;

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      description = "also serve reads over loopback TCP; port 0 takes a free one")
  @Nullable String http;

  @Option(names = "--no-http", description = "serve the Unix socket only (the default)")
  boolean noHttp;

  @Option(
      names = {"-v", "--verbose"},
      description = "log more")
  boolean verbose;

  @Option(
      names = {"-q", "--quiet"},
      description = "log errors only")
  boolean quiet;

  /** Where to serve over TCP; null for nowhere. */
  @Nullable InetSocketAddress httpAddress() {
    if (http == null || noHttp) {
      return null;
    }
    int colon = http.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("--http is HOST:PORT, not \"" + http + "\".");
    }
    String host = http.substring(0, colon);
    try {
      int port = Integer.parseInt(http.substring(colon + 1));
      var address = new InetSocketAddress(InetAddress.getByName(host), port);
      if (!address.getAddress().isLoopbackAddress()) {
        throw new IllegalArgumentException(
            "--http serves loopback addresses only, such as 127.0.0.1:7700; " + host + " is none.");
      }
      return address;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--http is HOST:PORT, not \"" + http + "\".", e);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("--http: there is no host " + host + ".", e);
    }
  }

  /**
   * This node's name: as given, else the host's.
   *
   * @throws IllegalArgumentException the one given cannot be a name
   */
  String nodeName() {
    if (node != null) {
      Optional<String> problem = Requests.nameProblem(node);
      if (problem.isPresent()) {
        throw new IllegalArgumentException(
            "--node: \"%s\" cannot name a node: %s".formatted(node, problem.get()));
      }
      return node;
    }
    try {
      String host = InetAddress.getLocalHost().getHostName();
      int dot = host.indexOf('.');
      return (dot > 0 ? host.substring(0, dot) : host).toLowerCase(Locale.ROOT);
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
