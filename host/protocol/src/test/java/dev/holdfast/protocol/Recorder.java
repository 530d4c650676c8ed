package dev.holdfast.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A listener that keeps what it hears. */
final class Recorder<R> implements LinkListener<R> {
  private final List<R> frames = new ArrayList<>();
  private final CompletableFuture<LinkClosed> closed = new CompletableFuture<>();
  private final Consumer<R> also;
  private int timesClosed;

  Recorder() {
    this(_ -> {});
  }

  Recorder(Consumer<R> also) {
    this.also = also;
  }

  @Override
  public void onFrame(R frame) {
    synchronized (this) {
      frames.add(frame);
      notifyAll();
    }
    also.accept(frame);
  }

  @Override
  public void onClosed(LinkClosed why) {
    synchronized (this) {
      timesClosed++;
    }
    closed.complete(why);
  }

  synchronized List<R> frames() {
    return List.copyOf(frames);
  }

  synchronized int timesClosed() {
    return timesClosed;
  }

  /** Waits until so many frames have arrived. */
  synchronized List<R> await(int count) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (frames.size() < count) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError("only " + frames.size() + " of " + count + " frames arrived");
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return List.copyOf(frames);
  }

  LinkClosed awaitClosed() throws Exception {
    return closed.get(30, TimeUnit.SECONDS);
  }
}
