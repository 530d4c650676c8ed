package dev.holdfast.service.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** The other end of a {@link DatagramSender}: a Unix socket that datagrams come to. */
public final class DatagramReceiver implements AutoCloseable {
  private static final NativeFunction SOCKET = NativeFunction.fixed("socket");
  private static final NativeFunction BIND = NativeFunction.fixed("bind");
  private static final NativeFunction RECV = NativeFunction.fixed("recv");
  private static final int BYTES_MAX = 4096;
  private static final int MSG_DONTWAIT = 0x40;

  private final int descriptor;

  /**
   * Makes the socket, and waits for nobody.
   *
   * @param address an absolute path, where nothing is yet; or {@code @} and an abstract name
   */
  public DatagramReceiver(String address) throws PosixException {
    byte[] path = address.getBytes(StandardCharsets.UTF_8);
    if (path[0] == '@') {
      path[0] = 0;
    }
    descriptor = PosixException.check("make a socket", SOCKET.call(1, 2 | 0x80000, 0));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sockaddr = arena.allocate(2L + path.length, Short.BYTES);
      sockaddr.set(JAVA_SHORT, 0, (short) 1);
      MemorySegment.copy(path, 0, sockaddr, JAVA_BYTE, 2, path.length);
      PosixException.check(
          "bind " + address, BIND.call(descriptor, sockaddr.address(), sockaddr.byteSize()));
    }
  }

  /** The next datagram, which must have come: what was sent to a Unix socket is there at once. */
  public String next() throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(BYTES_MAX);
      int size =
          PosixException.check(
              "receive", RECV.call(descriptor, bytes.address(), BYTES_MAX, MSG_DONTWAIT));
      return new String(bytes.asSlice(0, size).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }
  }

  /** Whether nothing has come that was not taken. */
  public boolean isEmpty() throws PosixException {
    try {
      var _ = next();
      return false;
    } catch (PosixException e) {
      if (e.is(Errno.EAGAIN)) {
        return true;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    Descriptors.close(descriptor);
  }
}
