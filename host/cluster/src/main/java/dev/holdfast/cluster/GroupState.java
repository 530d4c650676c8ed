package dev.holdfast.cluster;

import java.util.Collection;

/** A group's state: derived from its resources, never stored. */
public enum GroupState {
  ONLINE("Online"),
  PARTIAL_ONLINE("PartialOnline"),
  OFFLINE("Offline"),
  PENDING("Pending"),
  FAILED("Failed");

  private final String label;

  GroupState(String label) {
    this.label = label;
  }

  /**
   * The state of a group whose resources have these states, by MSCS's rules: Failed when one
   * failed, else Pending when one is pending, Online when all are, Offline when all are or there is
   * none, and else PartialOnline.
   */
  public static GroupState of(Collection<ResourceState> resources) {
    if (resources.contains(ResourceState.FAILED)) {
      return FAILED;
    }
    if (resources.stream().anyMatch(ResourceState::isPending)) {
      return PENDING;
    }
    long online = resources.stream().filter(ResourceState.ONLINE::equals).count();
    if (online == 0) {
      return OFFLINE;
    }
    return online == resources.size() ? ONLINE : PARTIAL_ONLINE;
  }

  @Override
  public String toString() {
    return label;
  }
}
