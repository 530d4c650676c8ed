package dev.holdfast.http;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the requests that are being answered. Thread-safe. */
final class InFlight {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();
  private int count;

  void enter() {
    lock.lock();
    try {
      count++;
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      if (--count == 0) {
        none.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is none, or the wait is over; an interrupt ends the wait and stays set. */
  void awaitNone(Duration wait) {
    long nanos = wait.toNanos();
    lock.lock();
    try {
      while (count > 0 && nanos > 0) {
        nanos = none.awaitNanos(nanos);
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
