package dev.holdfast.registry.handle;

/**
 * Who holds a handle, as the kernel told when it connected.
 *
 * @param process the name of its program, for people
 * @param pid the process; its number may be given again after its end, so it is known by both; 0
 *     for one that cannot be seen from here
 * @param startTicks when the process started, in clock ticks since boot, as in {@code
 *     /proc/<pid>/stat}
 * @param connection the connection through which it opened the key
 */
public record HandleOwner(
    String process, long pid, long startTicks, ConnectionId connection, long uid, long gid) {
  /** Whether it is that very process and not a later one of the same number. */
  public boolean isProcess(long otherPid, long otherStartTicks) {
    return pid == otherPid && startTicks == otherStartTicks;
  }

  /**
   * Whether the two are one process; where that cannot be seen, whether they are one connection.
   */
  public boolean isSameProcess(HandleOwner other) {
    boolean seen = pid != 0 && other.pid != 0;
    return seen ? isProcess(other.pid, other.startTicks) : connection.equals(other.connection);
  }

  @Override
  public String toString() {
    return "%s, pid %d (start %d, uid %d, connection %s)"
        .formatted(process, pid, startTicks, uid, connection);
  }
}
