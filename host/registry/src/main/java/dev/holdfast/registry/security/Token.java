package dev.holdfast.registry.security;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who a caller is: a user, and the groups it is in. Immutable. There are no privileges in it: uid 0
 * is a user like any other.
 *
 * @param user who is the owner of what it creates
 * @param primaryGroup the group of what it creates
 * @param groups all of its groups, the primary one among them
 */
public record Token(Sid user, Sid primaryGroup, Set<Sid> groups) {
  /** The cluster service itself, whatever user it runs as. */
  public static final Token CLUSTER_SERVICE =
      of(Sid.CLUSTER_SERVICE, Sid.CLUSTER_SERVICE, List.of());

  public Token {
    var all = new LinkedHashSet<>(groups);
    all.add(primaryGroup);
    groups = Set.copyOf(all);
  }

  /** The user and groups of Unix that a socket's peer has. */
  public static Token ofUnix(long uid, long gid, List<Long> supplementaryGids) {
    return of(
        Sid.ofUser(uid), Sid.ofGroup(gid), supplementaryGids.stream().map(Sid::ofGroup).toList());
  }

  /** As Windows does for whoever logged on, everybody is in Everyone and Authenticated Users. */
  private static Token of(Sid user, Sid primaryGroup, List<Sid> groups) {
    return new Token(user, primaryGroup, Set.copyOf(groups))
        .alsoIn(Sid.EVERYONE, Sid.AUTHENTICATED_USERS);
  }

  /** The same user, in these groups, too. */
  public Token alsoIn(Sid... moreGroups) {
    var all = new LinkedHashSet<>(groups);
    all.addAll(List.of(moreGroups));
    return new Token(user, primaryGroup, all);
  }

  /** Whether that is the user or one of its groups. */
  public boolean is(Sid sid) {
    return user.equals(sid) || groups.contains(sid);
  }
}
