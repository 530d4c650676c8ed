package dev.holdfast.spi;

import java.util.Objects;

/**
 * What became of a {@link Command}. When it is there, nothing of the command runs any more but what
 * a changing one with exit code 0 left on purpose.
 *
 * @param exit how it ended
 * @param timedOut its limit passed, and it was ended by the host
 * @param output what it wrote to standard output: the first {@link #OUTPUT_BYTES_MAX} bytes as
 *     UTF-8. Of a changing command the last so many bytes of both streams in the order in which
 *     they were written; all of it is in the resource's own log, where what it left may go on
 *     writing
 * @param errors the last {@link #ERROR_BYTES_MAX} bytes that it wrote to standard error; empty for
 *     a changing command, whose output has them
 * @param cut whether it wrote more than is here
 */
public record CommandResult(
    Exit exit, boolean timedOut, String output, String errors, boolean cut) {
  /** How much of the output is kept. */
  public static final int OUTPUT_BYTES_MAX = 256 * 1024;

  /** How much of what went to standard error is kept. */
  public static final int ERROR_BYTES_MAX = 16 * 1024;

  /** Checks. */
  public CommandResult {
    Objects.requireNonNull(exit, "exit");
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(errors, "errors");
  }

  /** Whether it ended by itself with this exit code. */
  public boolean exited(int code) {
    return !timedOut && exit.equals(new Exit.Code(code));
  }
}
