package dev.holdfast.monitor;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the command line asks for. {@code MonitorCommand} in the protocol writes it. */
sealed interface MonitorArguments {
  /**
   * To serve.
   *
   * @param name the monitor's
   * @param socket where the service listens
   * @param stateBlock the file to make
   */
  record Serve(String name, Path socket, Path stateBlock) implements MonitorArguments {}

  /**
   * To run what a monitor runs, without a service, so that the JVM can write an AOT cache.
   *
   * @param folders unpacked plugins
   */
  record Train(List<Path> folders) implements MonitorArguments {}

  /**
   * Reads the arguments.
   *
   * @throws IllegalArgumentException with one line for whoever called
   */
  static MonitorArguments parse(List<String> arguments) {
    if (!arguments.isEmpty() && arguments.getFirst().equals("--train")) {
      return new Train(arguments.stream().skip(1).map(Path::of).toList());
    }
    var options = options(arguments);
    var name = options.get("--name");
    var socket = options.get("--socket");
    var stateBlock = options.get("--state");
    if (name == null || socket == null || stateBlock == null || arguments.size() != 6) {
      throw new IllegalArgumentException(
          "A resource monitor is started by the cluster service, with --name NAME --socket PATH"
              + " --state FILE, and not with: "
              + String.join(" ", arguments));
    }
    return new Serve(name, Path.of(socket), Path.of(stateBlock));
  }

  private static Map<String, String> options(List<String> arguments) {
    var options = new HashMap<String, String>();
    for (int i = 0; i + 1 < arguments.size(); i += 2) {
      options.put(arguments.get(i), arguments.get(i + 1));
    }
    return options;
  }
}
