package dev.holdfast.service.api;

import java.util.List;

/**
 * A process of this machine that asks, as the kernel knew it when it connected.
 *
 * @param pid 0 for one that cannot be seen from here, as from outside of a container
 * @param uid its user
 * @param gid its group
 * @param groups its further groups
 * @param user the user's name, for messages
 */
public record Caller(int pid, long uid, long gid, List<Long> groups, String user) {
  public Caller {
    groups = List.copyOf(groups);
  }

  @Override
  public String toString() {
    return "%s (uid %d)".formatted(user, uid);
  }
}
