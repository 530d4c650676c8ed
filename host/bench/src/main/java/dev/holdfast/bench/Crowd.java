package dev.holdfast.bench;

import dev.holdfast.registry.CommitException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Many threads that write without a pause, each the next thing when the one before is durable.
 *
 * @param writers how many
 */
record Crowd(int writers) {
  /** One durable write of one of the writers. */
  @FunctionalInterface
  interface Write {
    void run(int writer, int i) throws IOException, CommitException;
  }

  /** Lets them write for a while; how many writes a second there were. */
  double run(Write write, Series series, Duration pass) throws InterruptedException {
    long end = System.nanoTime() + pass.toNanos();
    return run(write, series, () -> System.nanoTime() >= end);
  }

  /** As above, until something has come about. */
  double run(Write write, Series series, BooleanSupplier over) throws InterruptedException {
    long start = System.nanoTime();
    long before = series.count();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < writers; i++) {
      int writer = i;
      threads.add(
          Thread.ofPlatform()
              .name("writer-" + writer)
              .start(
                  () -> {
                    long[] nanos = writeUntil(write, writer, over);
                    synchronized (series) {
                      series.addAll(nanos);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return (series.count() - before) / seconds;
  }

  private static long[] writeUntil(Write write, int writer, BooleanSupplier over) {
    var nanos = new long[1 << 12];
    int count = 0;
    try {
      while (!over.getAsBoolean()) {
        long start = System.nanoTime();
        write.run(writer, count);
        if (count == nanos.length) {
          nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = System.nanoTime() - start;
      }
    } catch (CommitException | IOException e) {
      throw new IllegalStateException(e);
    }
    return Arrays.copyOf(nanos, count);
  }
}
