package dev.holdfast.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Encoded frames on their way to the socket: any thread puts, the link's writer takes all at once.
 * It is woken for a frame that does not wait for another, and for many that do. Bounded by bytes.
 * Thread-safe; the lock is one that virtual threads may wait for.
 */
final class SendQueue {
  /** More bytes than this of frames that wait are worth a write of their own. */
  private static final int WAITING_BYTES_MAX = 32 * 1024;

  /** What became of a frame. */
  enum Put {
    QUEUED,
    CLOSED,
    FULL
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition room = lock.newCondition();
  private List<Outgoing> waiting = new ArrayList<>();
  private long waitingBytes;
  private boolean closed;

  /**
   * Adds a frame, waiting for room if there is none. One frame of any size fits an empty queue. An
   * interrupt does not end the wait, which is bounded: a cancelled call's thread still has frames
   * to send.
   */
  Put put(Outgoing frame, long limitBytes, Duration patience) {
    boolean interrupted = false;
    long end = System.nanoTime() + patience.toNanos();
    lock.lock();
    try {
      while (!closed && waitingBytes > 0 && waitingBytes + frame.body().length > limitBytes) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return Put.FULL;
        }
        changed.signal(); // Whoever makes room may not have been woken for what waits.
        try {
          if (room.awaitNanos(left) <= 0) {
            return Put.FULL;
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return add(frame);
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Put add(Outgoing frame) {
    if (closed) {
      return Put.CLOSED;
    }
    waiting.add(frame);
    waitingBytes += frame.body().length;
    if (!frame.waits() || waitingBytes > WAITING_BYTES_MAX) {
      changed.signal();
    }
    return Put.QUEUED;
  }

  /**
   * Waits for frames and returns all there are; an empty list when the queue is closed and empty.
   */
  List<Outgoing> takeAll() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        changed.awaitUninterruptibly();
      }
      var taken = waiting;
      waiting = new ArrayList<>();
      waitingBytes = 0;
      room.signalAll();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more is taken in. What is queued can still be taken. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
