package dev.holdfast.checkpoint;

/** Why a generation was saved. */
public enum Cause {
  ADDED("Added"),
  CHANGED("Changed"),
  OFFLINE("Offline"),
  MANUAL("Manual"),
  PATCHED("Patched"),
  ROLLED_BACK("RolledBack"),

  /** An edit made while the resource was offline: kept, and not what is restored. */
  DRIFT("Drift");

  private final String word;

  Cause(String word) {
    this.word = word;
  }

  /** The cause of that word. */
  public static Cause parse(String word) {
    return Words.parse(Cause.class, "a cause", word);
  }

  @Override
  public String toString() {
    return word;
  }
}
