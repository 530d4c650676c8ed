package dev.holdfast.cli.session;

import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, or SIGTERM, during a command that has something to undo. The command's thread hears of it
 * by {@link #check}, or by being interrupted where it waits, undoes what it began and closes this;
 * then the JVM ends. For one thread.
 */
public final class Interruption implements AutoCloseable {
  /** Whoever has not undone it by then leaves it to the next who comes. */
  private static final long UNDOING_SECONDS_MAX = 10;

  private final CountDownLatch undone = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean asked;

  private Interruption(Thread worker, boolean interrupts) {
    hook =
        new Thread(
            () -> {
              asked = true;
              if (interrupts) {
                worker.interrupt();
              }
              try {
                undone.await(UNDOING_SECONDS_MAX, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "interrupted");
  }

  /**
   * Watches from now on.
   *
   * @param interrupts also interrupts this thread, which closes a file or connection that it is at
   */
  public static Interruption watch(boolean interrupts) {
    var interruption = new Interruption(Thread.currentThread(), interrupts);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** Throws when it is to end. */
  public void check() throws InterruptedIOException {
    if (asked) {
      throw new InterruptedIOException("interrupted");
    }
  }

  public boolean isAsked() {
    return asked;
  }

  @Override
  public void close() {
    if (!asked) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException ending) {
        // Just now: the hook runs, and ends at once.
      }
    }
    undone.countDown();
  }
}
