package dev.holdfast.cluster;

/** What the last check said. */
public enum HealthState {
  ALIVE("Alive"),
  DEGRADED("Degraded"),
  FAILED("Failed"),
  /** Not checked: not online, or no monitor holds it. */
  UNKNOWN("Unknown");

  private final String label;

  HealthState(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
