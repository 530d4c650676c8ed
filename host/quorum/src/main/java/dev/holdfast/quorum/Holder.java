package dev.holdfast.quorum;

import java.time.Instant;

/**
 * Who holds a quorum directory.
 *
 * @param pid the process
 * @param node the node's name
 * @param since when it took the directory
 */
public record Holder(long pid, String node, Instant since) {
  /** This process, under that node's name. */
  public static Holder thisProcess(String node, Instant now) {
    return new Holder(ProcessHandle.current().pid(), node, now);
  }

  @Override
  public String toString() {
    return "pid %d (node %s) since %s".formatted(pid, node, since);
  }
}
