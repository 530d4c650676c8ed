package dev.holdfast.registry.handle;

/**
 * Who holds a handle, as the kernel told when it connected.
 *
 * @param pid the process; its number may be given again after its end, so it is known by both
 * @param startTicks when the process started, in clock ticks since boot, as in {@code
 *     /proc/<pid>/stat}
 * @param connection the connection through which it opened the key
 */
public record HandleOwner(long pid, long startTicks, ConnectionId connection, long uid, long gid) {
  /** Whether it is that very process and not a later one of the same number. */
  public boolean isProcess(long otherPid, long otherStartTicks) {
    return pid == otherPid && startTicks == otherStartTicks;
  }

  @Override
  public String toString() {
    return "pid %d (start %d, uid %d, connection %s)".formatted(pid, startTicks, uid, connection);
  }
}
