package dev.holdfast.service.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to start. The process gets a session and a process group of its own, no descriptor but 0, 1
 * and 2, no blocked and no ignored signal.
 *
 * @param command program and arguments; a program without a slash is looked for in the {@code PATH}
 *     of {@code environment}
 * @param directory where it runs, absolute
 * @param environment its environment, whole: nothing is inherited
 * @param output where standard output and standard error are appended, absolute; made with mode
 *     0600
 * @param input what it reads from standard input (as UTF-8), or null for {@code /dev/null}
 * @param user the user it runs as, with that user's groups, or null for ours
 * @param errors where standard error goes instead of to {@code output}, absolute; both files are
 *     then begun anew. Null for the one output, which is appended to
 */
public record ProcessSpec(
    List<String> command,
    Path directory,
    Map<String, String> environment,
    Path output,
    @Nullable String input,
    @Nullable String user,
    @Nullable Path errors) {

  /** The longest input: what every pipe takes without a reader. */
  public static final int INPUT_LIMIT_BYTES = 4096;

  public ProcessSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    if (command.isEmpty() || command.getFirst().isEmpty()) {
      throw new IllegalArgumentException("A command has at least one word, the program to run");
    }
    requireAbsolute("working directory", directory);
    requireAbsolute("output file", output);
    if (errors != null) {
      requireAbsolute("file for errors", errors);
    }
    command.forEach(word -> requireNoNul("command", word));
    environment.forEach(ProcessSpec::requireVariable);
    if (input != null && input.getBytes(UTF_8).length > INPUT_LIMIT_BYTES) {
      throw new IllegalArgumentException(
          "The input is longer than the %d bytes that are taken".formatted(INPUT_LIMIT_BYTES));
    }
  }

  /** The simplest: our user, nothing to read. */
  public static ProcessSpec of(
      List<String> command, Path directory, Map<String, String> environment, Path output) {
    return new ProcessSpec(command, directory, environment, output, null, null, null);
  }

  /** The same, with something to read from standard input. */
  public ProcessSpec reading(String text) {
    return new ProcessSpec(command, directory, environment, output, text, user, errors);
  }

  /** The same, as another user. */
  public ProcessSpec as(@Nullable String name) {
    return new ProcessSpec(command, directory, environment, output, input, name, errors);
  }

  /** The same, with a file of its own for errors; it and the output are begun anew. */
  public ProcessSpec withErrors(Path file) {
    return new ProcessSpec(command, directory, environment, output, input, user, file);
  }

  /** The same, carrying a slot's token in its environment. */
  public ProcessSpec marked(SlotToken token) {
    var marked = new HashMap<>(environment);
    marked.put(SlotToken.VARIABLE, token.value());
    return new ProcessSpec(command, directory, marked, output, input, user, errors);
  }

  /** The token that its environment carries, when there is one. */
  public Optional<SlotToken> token() {
    return Optional.ofNullable(environment.get(SlotToken.VARIABLE)).map(SlotToken::new);
  }

  /** Whether its environment carries one. */
  boolean isMarked() {
    return environment.containsKey(SlotToken.VARIABLE);
  }

  /** Without environment and input: both may hold secrets. */
  @Override
  public String toString() {
    return "%s in %s%s".formatted(command, directory, user == null ? "" : " as " + user);
  }

  private static void requireAbsolute(String what, Path path) {
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("The " + what + " '" + path + "' is not absolute");
    }
  }

  private static void requireVariable(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw new IllegalArgumentException("'" + name + "' is no name of an environment variable");
    }
    requireNoNul("environment", name);
    if (value.indexOf('\0') >= 0) {
      throw holdsNul("environment variable " + name);
    }
  }

  private static void requireNoNul(String where, String text) {
    if (text.indexOf('\0') >= 0) {
      throw holdsNul(where);
    }
  }

  private static IllegalArgumentException holdsNul(String where) {
    return new IllegalArgumentException("The " + where + " holds a NUL character");
  }
}
