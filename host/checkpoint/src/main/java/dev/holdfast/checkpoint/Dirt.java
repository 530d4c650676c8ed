package dev.holdfast.checkpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is changed and not saved yet, of one checkpoint, or may be: when it is to be saved, and
 * since when there is something to be lost. Thread-safe.
 */
final class Dirt {
  private final Duration quiet;
  private final Duration delay;
  private @Nullable Instant since;
  private @Nullable Instant last;

  /** Since when a change is known of; null also while there may be one that nobody has seen. */
  private @Nullable Instant knownSince;

  Dirt(CheckpointSettings settings) {
    this.quiet = settings.quiet();
    this.delay = settings.delay();
  }

  /** Something changed; true when nothing was to be saved before. */
  synchronized boolean changed(Instant now) {
    if (knownSince == null) {
      knownSince = now;
    }
    return mayHaveChanged(now);
  }

  /** Something may have changed while nobody watched; true when nothing was to be saved before. */
  synchronized boolean mayHaveChanged(Instant now) {
    last = now;
    if (since != null) {
      return false;
    }
    since = now;
    return true;
  }

  /** When it is to be saved, unless more changes come; empty when there is nothing to save. */
  synchronized Optional<Instant> due() {
    if (since == null || last == null) {
      return Optional.empty();
    }
    Instant quietAt = last.plus(quiet);
    Instant latest = since.plus(delay);
    return Optional.of(quietAt.isBefore(latest) ? quietAt : latest);
  }

  /** Whether nothing is to be saved. */
  synchronized boolean isClean() {
    return since == null;
  }

  /** Since when there are changes that are not saved; what only may be is none. */
  synchronized Optional<Instant> knownSince() {
    return Optional.ofNullable(knownSince);
  }

  /** It is being saved: what changes from now on is new. */
  synchronized @Nullable Instant take() {
    Instant taken = since;
    since = null;
    last = null;
    knownSince = null;
    return taken;
  }

  /** It could not be saved, and is as old as it was. */
  synchronized void putBack(@Nullable Instant taken, Instant now) {
    since = taken == null ? now : taken;
    knownSince = since;
    last = now;
  }
}
