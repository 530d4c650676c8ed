package dev.holdfast.client;

/**
 * How far a watch has told: what it takes to go on without losing anything, and without hearing
 * anything twice. Two numbers, which an application may keep; good for a watch of the same key with
 * the same {@link WatchSpec}.
 *
 * @param revision of the commit that was told last
 * @param told how many of its changes were told; 0 when that were all
 */
public record WatchPosition(long revision, int told) {
  public WatchPosition {
    if (revision < 0 || told < 0 || (revision == 0 && told > 0)) {
      throw new IllegalArgumentException("there is no position " + revision + "." + told);
    }
  }

  /**
   * Right after a revision: {@link Key#revision} of a key that was read, or {@link Commit#revision}
   * of one's own commit.
   */
  public static WatchPosition after(long revision) {
    return new WatchPosition(revision, 0);
  }

  /** After which revision to ask: the changes of the last one again, when it may have more. */
  long ask() {
    return told == 0 ? revision : revision - 1;
  }

  /** Where a watch is that stood here and has told this. */
  WatchPosition afterTelling(KeyChange change) {
    if (change.kind() == ChangeKind.MISSED) {
      return after(change.revision());
    }
    return new WatchPosition(change.revision(), change.revision() == revision ? told + 1 : 1);
  }
}
