package dev.holdfast.cluster;

/** What a monitor calls in a plugin. */
public enum EntryPoint {
  OPEN("open"),
  FIND("find"),
  ONLINE("online"),
  ADOPT("adopt"),
  OFFLINE("offline"),
  TERMINATE("terminate"),
  LOOKS_ALIVE("looksAlive"),
  IS_ALIVE("isAlive"),
  CHANGED("changed"),
  CLOSE("close");

  private final String label;

  EntryPoint(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
