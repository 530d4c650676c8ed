package dev.holdfast.service.home;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a home is when nobody says otherwise; the command line has the same rule. Root: {@code
 * /var/lib/holdfast}; others: {@code holdfast} in the XDG state directory. The demo's is beside it,
 * and always the same, so that a second terminal finds it.
 */
public final class DefaultHome {
  private DefaultHome() {}

  /** The home of {@code serve}. */
  public static Path serve(Map<String, String> environment) {
    String said = environment.get("HOLDFAST_HOME");
    return said != null && !said.isEmpty() ? Path.of(said) : base(environment).resolve("holdfast");
  }

  /** The home of {@code demo}. */
  public static Path demo(Map<String, String> environment) {
    String said = environment.get("HOLDFAST_HOME");
    return said != null && !said.isEmpty()
        ? Path.of(said)
        : base(environment).resolve("holdfast-demo");
  }

  private static Path base(Map<String, String> environment) {
    if ("root".equals(System.getProperty("user.name"))) {
      return Path.of("/var/lib");
    }
    String state = environment.get("XDG_STATE_HOME");
    return state != null && !state.isEmpty()
        ? Path.of(state)
        : Path.of(System.getProperty("user.home"), ".local", "state");
  }
}
