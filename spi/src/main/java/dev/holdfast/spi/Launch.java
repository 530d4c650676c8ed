package dev.holdfast.spi;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to run in a slot. The command is executed as it stands: no shell reads it. The process gets
 * a session of its own, stdin from /dev/null, and its output goes to the resource's own files.
 *
 * @param command program and arguments; a program without a slash is looked for in PATH
 * @param directory the working directory, absolute; null for the resource's own directory
 * @param environment added to the environment that the host gives every application
 * @param user whom to run it as; null for the user of the cluster service
 * @param stopSignal what {@link Slot#stop} sends, one of {@link #STOP_SIGNALS}
 */
public record Launch(
    List<String> command,
    @Nullable Path directory,
    Map<String, String> environment,
    @Nullable String user,
    String stopSignal) {

  /** The signals that may ask a process to stop, without the prefix SIG. */
  public static final Set<String> STOP_SIGNALS =
      Set.of("TERM", "INT", "QUIT", "HUP", "USR1", "USR2", "WINCH", "ABRT", "ALRM", "KILL");

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException when the command is empty, the directory relative, a name or
   *     text cannot be handed to a process, or the signal is not one of {@link #STOP_SIGNALS}
   */
  public Launch {
    command = List.copyOf(command);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    if (command.isEmpty() || command.get(0).isEmpty()) {
      throw new IllegalArgumentException("A launch needs a command; it is empty.");
    }
    command.forEach(word -> requireNoNul("A word of the command", word));
    if (directory != null && !directory.isAbsolute()) {
      throw new IllegalArgumentException(
          "The working directory '" + directory + "' is relative; an absolute path is needed.");
    }
    environment.forEach(Launch::requireVariable);
    if (user != null && user.isBlank()) {
      throw new IllegalArgumentException("The user's name is empty; leave it out instead.");
    }
    stopSignal = requireStopSignal(stopSignal);
  }

  /** The command alone: in the resource's own directory, stopped by TERM. */
  public static Launch of(String... command) {
    return of(List.of(command));
  }

  /** The command alone: in the resource's own directory, stopped by TERM. */
  public static Launch of(List<String> command) {
    return new Launch(command, null, Map.of(), null, "TERM");
  }

  /** The same in another working directory. */
  public Launch in(Path directory) {
    return new Launch(command, directory, environment, user, stopSignal);
  }

  /** The same with one more environment variable. */
  public Launch with(String name, String value) {
    var more = new LinkedHashMap<>(environment);
    more.put(name, value);
    return new Launch(command, directory, more, user, stopSignal);
  }

  /** The same as another user. */
  public Launch as(String user) {
    return new Launch(command, directory, environment, user, stopSignal);
  }

  /** The same, stopped by another signal; the prefix SIG may be there. */
  public Launch stoppedBy(String signal) {
    return new Launch(command, directory, environment, user, signal);
  }

  /** Without the environment's values, which may be secret. */
  @Override
  public String toString() {
    return "Launch"
        + command
        + (directory == null ? "" : " in " + directory)
        + (environment.isEmpty() ? "" : " with " + environment.keySet())
        + (user == null ? "" : " as " + user)
        + " stopped by "
        + stopSignal;
  }

  private static String requireStopSignal(String signal) {
    Objects.requireNonNull(signal, "stopSignal");
    String upper = signal.toUpperCase(Locale.ROOT);
    String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
    if (!STOP_SIGNALS.contains(name)) {
      throw new IllegalArgumentException(
          "'" + signal + "' cannot be a stop signal; it is one of " + sorted(STOP_SIGNALS) + ".");
    }
    return name;
  }

  private static String sorted(Set<String> names) {
    return String.join(", ", names.stream().sorted().toList());
  }

  private static void requireVariable(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw new IllegalArgumentException(
          "'" + name + "' cannot name an environment variable: it is empty or holds '='.");
    }
    requireNoNul("An environment variable's name", name);
    if (value.indexOf('\0') >= 0) {
      throw holdsNul("The environment variable " + name);
    }
  }

  private static void requireNoNul(String what, String text) {
    if (text.indexOf('\0') >= 0) {
      throw holdsNul(what);
    }
  }

  private static IllegalArgumentException holdsNul(String what) {
    return new IllegalArgumentException(what + " holds a NUL, which no process can be given.");
  }
}
