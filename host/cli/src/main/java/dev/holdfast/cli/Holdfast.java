package dev.holdfast.cli;

import dev.holdfast.cli.command.CommandTree;
import dev.holdfast.cli.command.Usage;
import dev.holdfast.cli.output.Text;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import dev.holdfast.cli.session.Flags;
import dev.holdfast.cli.session.Surroundings;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * The command line's main. An error is one line on stderr and an exit code of the table; {@code -v}
 * adds the stack trace.
 */
public final class Holdfast {
  private Holdfast() {}

  /** Runs a command and ends with its exit code. */
  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("--train")) {
      System.exit(Training.run());
    }
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    String version = Holdfast.class.getPackage().getImplementationVersion();
    int code =
        run(
            new Surroundings(
                out,
                err,
                System.getenv(),
                System.getProperty("user.name"),
                InstantSource.system(),
                ZoneId.systemDefault(),
                version == null ? "development" : version),
            args);
    out.flush();
    err.flush();

    System.exit(code);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    OutputStream file = new FileOutputStream(descriptor);
    boolean flushed = descriptor == FileDescriptor.err;
    return new PrintStream(
        new BufferedOutputStream(file, 16 * 1024), flushed, StandardCharsets.UTF_8);
  }

  /** Runs a command; never throws. */
  public static int run(Surroundings surroundings, String... typed) {
    List<String> args = prepared(typed);
    boolean verbose =
        args.contains("--verbose") || (args.contains("-v") && !CommandTree.namesValues(args));
    try {
      CommandLine line = CommandTree.of(surroundings, args);
      line.setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8));
      line.setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8));
      line.setParameterExceptionHandler(
          (wrong, ignored) -> refuse(surroundings, Usage.failure(wrong), verbose));
      line.setExecutionExceptionHandler(
          (failed, ignored, parsed) -> refuse(surroundings, failed, verbose));
      return line.execute(args.toArray(String[]::new));
    } catch (RuntimeException | LinkageError bug) {
      return refuse(surroundings, bug, verbose);
    }
  }

  /** {@code --wait} alone takes no value: without this it would swallow the next word. */
  private static List<String> prepared(String... typed) {
    List<String> args = new ArrayList<>();
    boolean options = true;
    for (String arg : typed) {
      options &= !arg.equals("--");
      args.add(options && arg.equals("--wait") ? "--wait=" + Flags.UNTIL_SETTLED : arg);
    }
    return args;
  }

  private static int refuse(Surroundings surroundings, Throwable failed, boolean verbose) {
    int code = ExitCode.INTERNAL.number();
    String message = "Internal error: " + failed + " (-v shows the stack trace).";
    if (failed instanceof Failure failure) {
      code = failure.exitCode();
      message = String.valueOf(failure.getMessage());
    }
    surroundings.out().flush();
    surroundings.err().println("holdfast: " + Text.oneLine(message));
    if (verbose) {
      failed.printStackTrace(surroundings.err());
    }
    return code;
  }
}
