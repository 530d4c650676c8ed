package dev.holdfast.service.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The cluster service itself.
 *
 * @param ready recovery is over: everything that was to be taken over has been looked for
 * @param revision of the cluster database; 0 while it waits
 * @param waitsFor who holds the quorum directory that this service waits for; null when it has it
 */
public record ServiceView(
    long pid,
    String version,
    boolean ready,
    String node,
    long revision,
    @Nullable QuorumHolder waitsFor) {

  /** A service that has the cluster database. */
  public ServiceView(long pid, String version, boolean ready, String node, long revision) {
    this(pid, version, ready, node, revision, null);
  }

  /**
   * Who holds a quorum directory, as far as it is known.
   *
   * @param node null when nobody has said it yet, and so for all of them
   */
  public record QuorumHolder(
      String quorum,
      @Nullable String node,
      @Nullable Long pid,
      @Nullable String home,
      @Nullable Instant since) {

    /** In words for people. */
    @Override
    public String toString() {
      return node == null
          ? "another service, which has not said its name yet"
          : "node %s (pid %s%s)".formatted(node, pid, home == null ? "" : ", home " + home);
    }
  }
}
