package dev.holdfast.client;

import java.util.Optional;

/**
 * Why a watch has ended.
 *
 * @param position where to go on, with {@link WatchSpec#from}; empty when nothing was told since a
 *     beginning at "now", and so what was changed meanwhile can only be read
 * @param message one sentence for people
 */
public record WatchEnd(Reason reason, Optional<WatchPosition> position, String message) {
  /** The kinds of end. */
  public enum Reason {
    /** The watch or its registry was closed on this side. */
    CLOSED,
    /** The service ended it in order: it stops, or the listener was too slow for what it keeps. */
    SERVICE_ENDED,
    /** The connection broke, or the service gave no sign of life any more. */
    CONNECTION_LOST,
    /** The listener threw; what it was told then is not counted as told. */
    LISTENER_FAILED
  }
}
