package dev.holdfast.checkpoint;

/**
 * What is done with edits that were made on this node while the resource was offline. In each case
 * they are kept as a generation of their own, and an event tells them.
 */
public enum DriftPolicy {
  /** Overwritten by what was saved: as MSCS did (Q174070). */
  RESTORE,

  /** Taken for the truth from now on. */
  ADOPT,

  /** The resource does not go online until somebody has decided. */
  REFUSE;

  /** The policy of that word, ignoring case. */
  public static DriftPolicy parse(String word) {
    return Words.parse(DriftPolicy.class, "what is done with offline edits", word);
  }

  @Override
  public String toString() {
    return Words.small(this);
  }
}
