package dev.holdfast.cli.session;

import dev.holdfast.client.door.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command cannot go on: one line for people, and the exit code. */
public final class Failure extends RuntimeException {
  private final int exitCode;
  private final transient List<Problem.Place> places;

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
    this.places = List.of();
  }

  /** Of a document that was refused. */
  Failure(Problem problem) {
    super(problem.detail());
    this.exitCode = problem.exitCode();
    this.places = problem.places();
  }

  /** What is wrong with the document that was sent, and where; empty where there was none. */
  public List<Problem.Place> places() {
    return places;
  }

  public int exitCode() {
    return exitCode;
  }
}
