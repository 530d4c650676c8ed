package dev.holdfast.service.process;

/** Is told of the end of a process it watches: once for each {@link Processes#watch}. */
@FunctionalInterface
public interface ExitListener {
  /**
   * The process is dead. Where it is our child it is still unreaped: write the exit down, then call
   * {@link Processes#acknowledge}. Called on the thread that watches all processes, or on the
   * caller's of {@code watch} when it was dead already, so it hands over and returns at once. What
   * it throws is logged, and changes nothing.
   */
  void onExit(ProcessIdentity process, ExitStatus status);
}
