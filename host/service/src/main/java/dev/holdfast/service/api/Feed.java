package dev.holdfast.service.api;

import java.time.Duration;
import java.util.Optional;

/**
 * Things as they come, for one reader. Not thread-safe, except that {@link #close} may be called by
 * any thread and wakes a waiting reader.
 */
public interface Feed<T> extends AutoCloseable {
  /**
   * The next thing, or empty when there was none within the wait or the feed has ended; {@link
   * #ended} tells the two apart.
   */
  Optional<T> next(Duration wait) throws InterruptedException;

  /** Nothing more will come. */
  boolean ended();

  /** Releases what the feed holds. May be called twice. */
  @Override
  void close();
}
