package dev.holdfast.service.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Who connected to a Unix socket, by the kernel's word: as it was when it connected, whatever
 * became of it since.
 *
 * @param pid 0 for a process that is not to be seen from here, as from outside of a container
 * @param gid its group
 * @param groups its further groups
 */
public record PeerCredentials(int pid, long uid, long gid, List<Long> groups) {
  private static final NativeFunction GETSOCKOPT = NativeFunction.fixed("getsockopt");
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;
  private static final int SO_PEERGROUPS = 59;
  private static final int CREDENTIALS_INTS = 3;

  /** NGROUPS_MAX of Linux. */
  private static final int GROUPS_MAX = 65_536;

  private static final int GROUPS_AT_FIRST = 64;

  /**
   * The JDK tells a peer's user and group, but not its process; and it hides the number of the
   * descriptor, by which the kernel can be asked. Hence the launcher's {@code --add-exports
   * java.base/sun.nio.ch=ALL-UNNAMED}.
   */
  private static final MethodHandle DESCRIPTOR_OF = descriptorOf();

  public PeerCredentials {
    groups = List.copyOf(groups);
  }

  /**
   * Asks for the peer of a connection over a Unix socket.
   *
   * @throws IOException also when the channel has been closed
   */
  public static PeerCredentials of(SocketChannel channel) throws IOException {
    PeerCredentials peer = of(descriptor(channel));
    if (!channel.isOpen()) {
      throw new ClosedChannelException(); // The number may have been another connection's by then.
    }
    return peer;
  }

  private static PeerCredentials of(int descriptor) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(JAVA_INT);
      MemorySegment credentials = arena.allocate(JAVA_INT, CREDENTIALS_INTS);
      size.set(JAVA_INT, 0, (int) credentials.byteSize());
      PosixException.check(
          "ask who connected", get(descriptor, SO_PEERCRED, credentials.address(), size.address()));
      return new PeerCredentials(
          credentials.getAtIndex(JAVA_INT, 0),
          Integer.toUnsignedLong(credentials.getAtIndex(JAVA_INT, 1)),
          Integer.toUnsignedLong(credentials.getAtIndex(JAVA_INT, 2)),
          groups(descriptor, GROUPS_AT_FIRST));
    }
  }

  private static List<Long> groups(int descriptor, int room) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(JAVA_INT);
      MemorySegment groups = arena.allocate(JAVA_INT, room);
      size.set(JAVA_INT, 0, (int) groups.byteSize());
      int result = get(descriptor, SO_PEERGROUPS, groups.address(), size.address());
      if (result == -Errno.ERANGE.number() && room < GROUPS_MAX) {
        return groups(descriptor, GROUPS_MAX);
      }
      PosixException.check("ask for the groups of who connected", result);
      return LongStream.range(0, size.get(JAVA_INT, 0) / Integer.BYTES)
          .map(i -> Integer.toUnsignedLong(groups.getAtIndex(JAVA_INT, i)))
          .boxed()
          .toList();
    }
  }

  private static int get(int descriptor, int option, long value, long size) {
    return GETSOCKOPT.call(descriptor, SOL_SOCKET, option, value, size, 0);
  }

  private static int descriptor(SocketChannel channel) throws IOException {
    try {
      return (int) DESCRIPTOR_OF.invoke(channel);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("The descriptor of " + channel + " is not to be had.", e);
    }
  }

  private static MethodHandle descriptorOf() {
    try {
      return MethodHandles.lookup()
          .findVirtual(
              Class.forName("sun.nio.ch.SelChImpl"), "getFDVal", MethodType.methodType(int.class));
    } catch (ReflectiveOperationException e) {
      throw new UnsupportedOperationException(
          "This Java does not let us see who connects; the cluster service is to be started with"
              + " --add-exports java.base/sun.nio.ch=ALL-UNNAMED, as its launcher does",
          e);
    }
  }
}
