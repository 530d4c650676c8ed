package dev.holdfast.client.door;

/** The service says no. */
public final class RefusalException extends Exception {
  private final transient Problem problem;

  RefusalException(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
