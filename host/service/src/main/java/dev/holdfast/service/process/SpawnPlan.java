package dev.holdfast.service.process;

import dev.holdfast.service.posix.Accounts;
import dev.holdfast.service.posix.Errno;
import dev.holdfast.service.posix.PosixException;
import dev.holdfast.service.posix.ProcessControl;
import dev.holdfast.service.posix.SpawnRequest;
import dev.holdfast.service.process.SpawnException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes of what is wanted what the system is asked for, and of the system's one error number a
 * sentence: it does not say whether the program, the directory or the output was in the way, so
 * they are looked at before. All of this can hang on a hung file system, and runs where that is
 * expected.
 */
final class SpawnPlan {
  private static final Map<String, String> SYSTEM_PATH =
      Map.of("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");

  private SpawnPlan() {}

  static SpawnRequest of(ProcessSpec spec, long openFiles) throws SpawnException {
    requireDirectory(spec.directory());
    requireOutput(spec.output());
    @Nullable Path errors = spec.errors();
    if (errors != null) {
      requireOutput(errors);
    }
    Path program =
        CommandPath.resolve(spec.command().getFirst(), spec.directory(), spec.environment());
    List<String> arguments = spec.command();
    @Nullable String user = spec.user();
    if (user != null && isAnother(user)) {
      arguments = asUser(user, program, spec.command(), openFiles);
      program = Path.of(arguments.getFirst());
    }
    return new SpawnRequest(
        program.toString(),
        arguments,
        spec.environment().entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList(),
        spec.directory().toString(),
        spec.output().toString(),
        spec.input(),
        errors == null ? null : errors.toString());
  }

  /** Whether a program that changes the user stands before the one to run. */
  static boolean isAnother(@Nullable String user) {
    return user != null && !user.equals(System.getProperty("user.name"));
  }

  private static void requireDirectory(Path directory) throws SpawnException {
    if (!Files.isDirectory(directory)) {
      throw new SpawnException(
          Reason.DIRECTORY,
          "its directory '%s': %s"
              .formatted(
                  directory,
                  Files.exists(directory) ? "not a directory" : "no such file or directory"));
    }
    if (!Files.isExecutable(directory)) {
      throw new SpawnException(
          Reason.DIRECTORY, "its directory '%s': permission denied".formatted(directory));
    }
  }

  /** Opening a FIFO for writing would wait for a reader; so would the start. */
  private static void requireOutput(Path output) throws SpawnException {
    Path folder = output.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new SpawnException(
          Reason.OUTPUT, "the folder of its output file '%s': not there".formatted(output));
    }
    boolean isNull = output.equals(Path.of("/dev/null"));
    if (Files.exists(output) && !Files.isRegularFile(output) && !isNull) {
      throw new SpawnException(
          Reason.OUTPUT, "its output file '%s': not a regular file".formatted(output));
    }
    if (Files.exists(output) ? !Files.isWritable(output) : !Files.isWritable(folder)) {
      throw new SpawnException(
          Reason.OUTPUT, "its output file '%s': permission denied".formatted(output));
    }
  }

  /**
   * {@code setpriv} changes the user and executes the program in place: same pid, no parent
   * between. Before it {@code prlimit} lowers the limit of open files, which in some containers not
   * even root may do to another user's process.
   */
  private static List<String> asUser(
      String user, Path program, List<String> command, long openFiles) throws SpawnException {
    if (!ProcessControl.isRoot()) {
      throw new SpawnException(
          Reason.USER,
          "as user '%s': operation not permitted (the cluster service does not run as root)"
              .formatted(user));
    }
    Accounts.Account account;
    long limit;
    try {
      limit = ProcessControl.withinHardLimit(openFiles);
      account =
          Accounts.find(user)
              .orElseThrow(
                  () ->
                      new SpawnException(
                          Reason.USER, "as user '%s': no such user".formatted(user)));
    } catch (PosixException e) {
      throw new SpawnException(Reason.USER, "as user '%s': %s".formatted(user, e.getMessage()));
    }
    List<String> words = new ArrayList<>();
    words.addAll(List.of(tool("prlimit"), "--nofile=" + limit + ":", tool("setpriv")));
    words.addAll(
        List.of("--reuid=" + account.user(), "--regid=" + account.group(), "--init-groups", "--"));
    words.add(program.toString());
    words.addAll(command.subList(1, command.size()));
    return words;
  }

  private static String tool(String name) throws SpawnException {
    try {
      return CommandPath.resolve(name, Path.of("/"), SYSTEM_PATH).toString();
    } catch (SpawnException e) {
      throw new SpawnException(
          Reason.USER, "as another user: util-linux is needed: " + e.getMessage());
    }
  }

  /** What the system's error means here, all being in order a moment ago. */
  static SpawnException explain(SpawnRequest request, PosixException e) {
    String text = "'%s': %s".formatted(request.program(), Errno.textOf(e.errno()));
    if (e.is(Errno.ENOENT)) {
      return new SpawnException(
          Reason.COMMAND_NOT_FOUND, text + " (the interpreter in its '#!' line, or its loader)");
    }
    if (e.is(Errno.EACCES) || e.is(Errno.ENOEXEC) || e.is(Errno.EPERM)) {
      return new SpawnException(Reason.NOT_EXECUTABLE, text);
    }
    return new SpawnException(Reason.SYSTEM, text);
  }
}
