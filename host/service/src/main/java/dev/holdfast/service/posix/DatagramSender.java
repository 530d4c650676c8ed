package dev.holdfast.service.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Sends datagrams to a Unix socket: the JDK knows Unix sockets as streams only. Thread-safe; it
 * never waits.
 *
 * <p>The address is a {@code struct sockaddr_un}:
 *
 * <pre>
 *   0  2  sun_family, AF_UNIX
 *   2  …  sun_path: a file's path, or a zero byte and an abstract name; as long as it is, without an end
 * </pre>
 */
public final class DatagramSender implements AutoCloseable {
  /** What fits into sun_path. */
  public static final int ADDRESS_BYTES_MAX = 108;

  private static final NativeFunction SOCKET = NativeFunction.fixed("socket");
  private static final NativeFunction SENDTO = NativeFunction.fixed("sendto");
  private static final short AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int PATH_OFFSET = 2;

  private final String to;
  private final byte[] address;
  private int descriptor;

  /**
   * Makes a socket to send from. Nobody has to be there to receive yet.
   *
   * @param to an absolute path, or {@code @} and an abstract name
   * @throws IllegalArgumentException it is neither, or longer than {@link #ADDRESS_BYTES_MAX}
   */
  public DatagramSender(String to) throws PosixException {
    this.to = to;
    byte[] path = to.getBytes(StandardCharsets.UTF_8);
    if (path.length < 2 || path.length > ADDRESS_BYTES_MAX || (path[0] != '/' && path[0] != '@')) {
      throw new IllegalArgumentException(
          "'%s' is no address of a Unix socket: that is an absolute path, or @ and a name, of %d bytes at most"
              .formatted(to, ADDRESS_BYTES_MAX));
    }
    if (path[0] == '@') {
      path[0] = 0;
    }
    address = path;
    descriptor =
        PosixException.check("make a socket", SOCKET.call(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  }

  /**
   * Sends one datagram, whole or not at all.
   *
   * @throws PosixException nobody is there, the receiver has more than it reads, or it was closed
   */
  public synchronized void send(String text) throws PosixException {
    if (descriptor < 0) {
      throw new PosixException("send to " + to, Errno.EBADF.number());
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sockaddr = arena.allocate(PATH_OFFSET + address.length, Short.BYTES);
      sockaddr.set(JAVA_SHORT, 0, AF_UNIX);
      MemorySegment.copy(address, 0, sockaddr, JAVA_BYTE, PATH_OFFSET, address.length);
      MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, text.getBytes(StandardCharsets.UTF_8));
      int result;
      do {
        result =
            SENDTO.call(
                descriptor,
                bytes.address(),
                bytes.byteSize(),
                MSG_DONTWAIT | MSG_NOSIGNAL,
                sockaddr.address(),
                sockaddr.byteSize());
      } while (result == -Errno.EINTR.number());
      PosixException.check("send to " + to, result);
    }
  }

  /** Has no effect the second time. */
  @Override
  public synchronized void close() {
    if (descriptor >= 0) {
      Descriptors.close(descriptor);
      descriptor = -1;
    }
  }
}
