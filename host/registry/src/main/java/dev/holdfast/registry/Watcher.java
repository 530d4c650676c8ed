package dev.holdfast.registry;

/**
 * Told of commits: each once, in the order of their revisions, without gaps, never two calls at a
 * time. What it throws is logged, and the next commit is told.
 */
public interface Watcher {
  /** A batch is durable and seen by every snapshot taken from now on. */
  void committed(Commit commit);

  /**
   * The watcher was so slow, or asked for commits so old, that some are no longer kept. What it
   * knew is worthless; it goes on from this snapshot, and the next commit told is the one after it.
   */
  void fellBehind(Snapshot current);
}
