package dev.holdfast.service.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Bare file descriptors. Each is closed with exec. */
final class Descriptors {
  private static final NativeFunction CLOSE = NativeFunction.fixed("close");
  private static final NativeFunction PIPE2 = NativeFunction.fixed("pipe2");
  private static final NativeFunction WRITE = NativeFunction.fixed("write");
  private static final int O_CLOEXEC = 0x80000;

  private Descriptors() {}

  /** Closes; an error says nothing that could be acted on, the descriptor is gone either way. */
  static void close(int descriptor) {
    var _ = CLOSE.call(descriptor);
  }

  /** A pipe that holds these bytes, its writing end closed; answers the reading end. */
  static int pipeHolding(byte[] content) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      PosixException.check("make a pipe", PIPE2.call(ends.address(), O_CLOEXEC));
      int reading = ends.getAtIndex(JAVA_INT, 0);
      int writing = ends.getAtIndex(JAVA_INT, 1);
      try {
        MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, content);
        write(writing, bytes);
        return reading;
      } catch (PosixException e) {
        close(reading);
        throw e;
      } finally {
        close(writing);
      }
    }
  }

  private static void write(int descriptor, MemorySegment bytes) throws PosixException {
    long done = 0;
    while (done < bytes.byteSize()) {
      int result = WRITE.call(descriptor, bytes.address() + done, bytes.byteSize() - done);
      if (result != -Errno.EINTR.number()) {
        done += PosixException.check("write into a pipe", result);
      }
    }
  }
}
