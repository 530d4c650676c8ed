package dev.holdfast.cli.session;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The data directory of the local node, and where it is when nobody says.
 *
 * <pre>
 *   --home DIR, or else HOLDFAST_HOME, or else
 *   root:    /var/lib/holdfast
 *   others:  $XDG_STATE_HOME/holdfast, or ~/.local/state/holdfast
 *   demo:    …/holdfast-demo beside the default home; taken when a demo runs there and no service
 *            on the default home
 * </pre>
 *
 * <p>{@code bin/holdfast} knows the same rule, for {@code serve} and {@code demo}.
 *
 * @param path absolute
 * @param isDefault nobody said where it is
 */
public record Home(Path path, boolean isDefault) {

  static Home of(@Nullable String flag, Map<String, String> environment, String user) {
    return of(flag, environment, user, Home::hasService);
  }

  static Home of(
      @Nullable String flag,
      Map<String, String> environment,
      String user,
      Predicate<Path> hasService) {
    String said = flag != null ? flag : environment.get("HOLDFAST_HOME");
    if (said != null && !said.isEmpty()) {
      return new Home(Path.of(said).toAbsolutePath().normalize(), false);
    }
    Path usual = defaultPath(environment, user);
    Path demo = usual.resolveSibling("holdfast-demo");
    return hasService.test(demo) && !hasService.test(usual)
        ? new Home(demo, false)
        : new Home(usual, true);
  }

  private static boolean hasService(Path home) {
    return Files.exists(home.resolve("run").resolve("service.json"));
  }

  private static Path defaultPath(Map<String, String> environment, String user) {
    if (user.equals("root")) {
      return Path.of("/var/lib/holdfast");
    }
    String state = environment.getOrDefault("XDG_STATE_HOME", "");
    if (state.startsWith("/")) {
      return Path.of(state, "holdfast");
    }
    return Path.of(environment.getOrDefault("HOME", "/"), ".local", "state", "holdfast");
  }

  /** The command that starts a service on this home. */
  public String startCommand() {
    return isDefault ? "holdfast serve" : "holdfast serve --home " + quoted(path.toString());
  }

  private static String quoted(String text) {
    return text.matches("[A-Za-z0-9_./=+:@-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
