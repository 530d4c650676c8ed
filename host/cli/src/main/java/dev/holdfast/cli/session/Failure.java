package dev.holdfast.cli.session;

import org.jspecify.annotations.Nullable;

/** A command cannot go on: one line for people, and the exit code. */
public final class Failure extends RuntimeException {
  private final int exitCode;

  public Failure(ExitCode exitCode, String message) {
    this(exitCode.number(), message, null);
  }

  public Failure(ExitCode exitCode, String message, Throwable cause) {
    this(exitCode.number(), message, cause);
  }

  /** With the exit code that the service gave. */
  public Failure(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
