package dev.holdfast.registry;

/** A subscription to commits. */
public interface Watch extends AutoCloseable {
  /**
   * Ends it. A call to the watcher that is running may still go on; no other begins. Harmless when
   * repeated.
   */
  @Override
  void close();
}
