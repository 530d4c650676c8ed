package dev.holdfast.checkpoint;

/** What is done when a checkpoint cannot be restored before an online. */
public enum RestorePolicy {
  /** Online all the same, marked as running on unrestored configuration: as MSCS did. */
  CONTINUE,

  /** Tried again for a while, and then as {@link #CONTINUE}. */
  RETRY,

  /** Restored also while others hold it; what else stands in the way is as {@link #CONTINUE}. */
  FORCE,

  /** The online fails. */
  FAIL;

  /** The policy of that word, ignoring case. */
  public static RestorePolicy parse(String word) {
    return Words.parse(RestorePolicy.class, "what is done when a restore fails", word);
  }

  @Override
  public String toString() {
    return Words.small(this);
  }
}
