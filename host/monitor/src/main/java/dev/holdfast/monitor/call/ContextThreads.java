package dev.holdfast.monitor.call;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * The threads a resource makes for itself: daemons, named after it, counted, and interrupted once
 * it is closed. Thread-safe.
 */
final class ContextThreads implements ThreadFactory {
  /** So many may live at a time for one resource. */
  static final int THREAD_LIMIT = 64;

  private final String resourceName;
  private final ClassLoader loader;
  private final BiConsumer<Thread, Throwable> died;
  private final Set<Thread> living = ConcurrentHashMap.newKeySet();
  private final AtomicLong made = new AtomicLong();
  private volatile boolean closed;

  /**
   * Threads for one resource.
   *
   * @param died hears what ended a thread; it is no fault of the monitor's
   */
  ContextThreads(String resourceName, ClassLoader loader, BiConsumer<Thread, Throwable> died) {
    this.resourceName = resourceName;
    this.loader = loader;
    this.died = died;
  }

  @Override
  public Thread newThread(Runnable work) {
    living.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
    if (closed) {
      throw new IllegalStateException(
          "Resource " + resourceName + " is closed; it gets no more threads.");
    }
    if (living.size() >= THREAD_LIMIT) {
      throw new IllegalStateException(
          "Resource %s has %d threads; no more are given. End those that are done."
              .formatted(resourceName, living.size()));
    }
    var thread =
        Thread.ofPlatform()
            .name("resource-" + resourceName + "-" + made.incrementAndGet())
            .daemon(true)
            .uncaughtExceptionHandler(died::accept)
            .unstarted(work);
    thread.setContextClassLoader(loader);
    living.add(thread);
    if (closed) {
      thread.interrupt();
    }
    return thread;
  }

  /** Interrupts what lives; nothing more is made. */
  void close() {
    closed = true;
    living.forEach(Thread::interrupt);
  }
}
