package dev.holdfast.client;

/**
 * Hears what a {@link Watch} tells. All calls come from the watch's own thread, one after the
 * other. A listener that takes its time holds up nobody but itself, until the service ends the
 * watch; it may be resumed then.
 */
@FunctionalInterface
public interface WatchListener {
  /** The next change, in the order of the commits. One that throws ends the watch. */
  void changed(KeyChange change);

  /** No more will come; the last call. */
  default void ended(WatchEnd end) {}
}
