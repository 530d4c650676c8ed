package dev.holdfast.cli.audit;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who belongs to whom: a slot's process may have children, which inherit its token, and may leave
 * daemons behind that have no parent of ours any more; neither is a second process of the slot. One
 * that somebody else started is.
 */
final class Kinship {
  private static final String SERVICE_MAIN = "dev.holdfast.service.ClusterServiceMain";
  private static final Pattern RESOURCE_PLACE =
      Pattern.compile("(.*)/resources/[0-9a-f-]{36}(/.*)?");
  private static final int INIT = 1;

  private final Look look;

  Kinship(Look look) {
    this.look = look;
  }

  /**
   * Whether a process that carries a slot's token is no part of what the slot's process is and
   * started. A child of it is, by session, group or descent. One without a parent of its own is, if
   * it was orphaned to where the leader's orphans go, and is not the same program once more.
   */
  boolean isStranger(ProcessSeen holder, ProcessSeen leader) {
    if (isChild(holder, leader)) {
      return false;
    }
    ProcessSeen top = holder;
    for (ProcessSeen ancestor : look.processes().ancestors(holder)) {
      if (isReaper(ancestor.pid(), leader)) {
        break;
      }
      if (!ancestor.tokenDigest().equals(holder.tokenDigest())) {
        return true; // Its parent is somebody who has nothing to do with the slot.
      }
      if (isChild(ancestor, leader)) {
        return false;
      }
      top = ancestor;
    }
    return !isReaper(top.parent(), leader)
        || top.startTicks() < leader.startTicks()
        || top.command().equals(leader.command());
  }

  private static boolean isChild(ProcessSeen process, ProcessSeen leader) {
    return process.pid() == leader.pid()
        || process.session() == leader.pid()
        || process.group() == leader.pid();
  }

  /**
   * The service is a subreaper: what the leader's tree orphans goes to the leader's own parent, or,
   * of a leader that outlived the service that started it, to the init of then.
   */
  private boolean isReaper(int pid, ProcessSeen leader) {
    boolean ofThisService =
        look.servicePid().isPresent() && look.servicePid().getAsInt() == leader.parent();
    return pid == leader.parent() || (!ofThisService && pid == INIT);
  }

  /** Whether a token is of another home's slots on this machine: then it is none of ours. */
  boolean isOfAnotherHome(List<ProcessSeen> holders) {
    return holders.stream().anyMatch(this::isOfAnotherHome);
  }

  private boolean isOfAnotherHome(ProcessSeen holder) {
    return hasPlaceInAnotherHome(holder)
        || look.processes().ancestors(holder).stream()
            .filter(ancestor -> ancestor.command().contains(SERVICE_MAIN))
            .anyMatch(service -> !isOurs(service.pid(), look.servicePid()));
  }

  private static boolean isOurs(int pid, OptionalInt servicePid) {
    return servicePid.isPresent() && servicePid.getAsInt() == pid;
  }

  private boolean hasPlaceInAnotherHome(ProcessSeen holder) {
    String home = look.home().toString();
    return holder.places().stream()
        .map(place -> homeOf(place.toString()))
        .flatMap(Optional::stream)
        .anyMatch(other -> !other.equals(home));
  }

  private static Optional<String> homeOf(String place) {
    Matcher matcher = RESOURCE_PLACE.matcher(place);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
