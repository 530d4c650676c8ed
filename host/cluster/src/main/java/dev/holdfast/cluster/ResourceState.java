package dev.holdfast.cluster;

import java.util.Arrays;

/**
 * A resource's state as everybody sees it, with the numbers that MSCS gave it. What else is known
 * in a state is in {@link Phase}.
 */
public enum ResourceState {
  /** Nothing is known yet. */
  INITIALIZING(1, "Initializing"),
  /** It is usable, as far as its last check tells. */
  ONLINE(2, "Online"),
  /** It does not run, and nothing is wrong with that. */
  OFFLINE(3, "Offline"),
  /** It does not run although it should, or nobody can tell; see its detail. */
  FAILED(4, "Failed"),
  /** On its way to Online. */
  ONLINE_PENDING(129, "OnlinePending"),
  /** On its way to Offline. */
  OFFLINE_PENDING(130, "OfflinePending");

  private final int code;
  private final String label;

  ResourceState(int code, String label) {
    this.code = code;
    this.label = label;
  }

  /** The number that goes to disk: MSCS's (CLUSTER_RESOURCE_STATE). */
  public int code() {
    return code;
  }

  /** The state with that number. */
  public static ResourceState of(int code) {
    return Arrays.stream(values())
        .filter(state -> state.code == code)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no resource state has the code " + code));
  }

  /** Whether something is under way. */
  public boolean isPending() {
    return this == ONLINE_PENDING || this == OFFLINE_PENDING || this == INITIALIZING;
  }

  @Override
  public String toString() {
    return label;
  }
}
