package dev.holdfast.service.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Waits for many pidfds at once. One thread waits; others add meanwhile, and wake it. Each pidfd is
 * told once; closing it takes it out.
 *
 * <pre>
 * struct epoll_event     x86-64 (packed)   AArch64
 *   u32 events           at 0              at 0
 *   u64 data (our key)   at 4              at 8
 *   size                 12                16
 * </pre>
 */
public final class Epoll implements AutoCloseable {
  private static final NativeFunction CREATE = NativeFunction.fixed("epoll_create1");
  private static final NativeFunction CONTROL = NativeFunction.fixed("epoll_ctl");
  private static final NativeFunction WAIT = NativeFunction.fixed("epoll_wait");
  private static final NativeFunction EVENTFD = NativeFunction.fixed("eventfd");
  private static final NativeFunction EVENTFD_WRITE = NativeFunction.fixed("eventfd_write");

  private static final int CLOEXEC = 0x80000;
  private static final int NONBLOCK = 0x800;
  private static final int ADD = 1;
  private static final int IN = 1;
  private static final int ONE_SHOT = 1 << 30;
  private static final long DATA = Architecture.IS_AARCH64 ? 8 : 4;
  private static final long EVENT_BYTES = DATA + Long.BYTES;

  /** The key that {@link #await} answers when it was woken. Keys of pidfds are greater. */
  public static final long WOKEN = 0;

  private static final int BATCH_LIMIT = 256;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment events = arena.allocate(EVENT_BYTES * BATCH_LIMIT, Long.BYTES);
  private final int epoll;
  private final int waker;
  private boolean closed;

  public Epoll() throws PosixException {
    epoll = PosixException.check("make an epoll instance", CREATE.call(CLOEXEC));
    try {
      waker = PosixException.check("make an eventfd", EVENTFD.call(0, CLOEXEC | NONBLOCK));
      add(waker, WOKEN, IN);
    } catch (PosixException e) {
      Descriptors.close(epoll);
      throw e;
    }
  }

  /** Waits for this pidfd too, under a key greater than {@link #WOKEN}. */
  public void add(Pidfd pidfd, long key) throws PosixException {
    add(pidfd.descriptor(), key, IN | ONE_SHOT);
  }

  private synchronized void add(int descriptor, long key, int interest) throws PosixException {
    if (closed) {
      throw new PosixException("watch descriptor " + descriptor, Errno.EBADF.number());
    }
    try (Arena call = Arena.ofConfined()) {
      MemorySegment event = call.allocate(EVENT_BYTES, Long.BYTES);
      event.set(JAVA_INT, 0, interest);
      event.set(JAVA_LONG_UNALIGNED, DATA, key);
      PosixException.check(
          "watch descriptor " + descriptor, CONTROL.call(epoll, ADD, descriptor, event.address()));
    }
  }

  /** Waits until something is ready, and answers the keys. For one thread only. */
  public long[] await() throws PosixException {
    int count;
    do {
      count = WAIT.call(epoll, events.address(), BATCH_LIMIT, -1);
    } while (count == -Errno.EINTR.number());
    PosixException.check("wait for processes", count);
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      keys[i] = events.get(JAVA_LONG_UNALIGNED, i * EVENT_BYTES + DATA);
    }
    return keys;
  }

  /** Lets {@link #await} return, now and ever after: there is no way back but to close. */
  public synchronized void wake() {
    if (closed) {
      return;
    }
    var _ = EVENTFD_WRITE.call(waker, 1);
  }

  /** To be called when no thread waits any more. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    Descriptors.close(waker);
    Descriptors.close(epoll);
    arena.close();
  }
}
