package dev.holdfast.registry.handle;

import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.security.KeyAccess;
import java.time.Duration;
import java.time.Instant;

/**
 * A handle as it was at one moment. Immutable.
 *
 * <p>Paths begin with the name of the root: {@code HKLM\System\…}.
 *
 * @param opened the key as whoever opened it wrote it
 * @param resolved the key after links were followed; handles and events are compared by this one
 *     (Q316772: {@code CurrentControlSet} in the event, {@code ControlSet001} at the holder)
 * @param openedAt the revision of the hive at which the key was there; what later ones do to the
 *     key, they do to the handle
 * @param granted what may be done with it; a later change of the key's descriptor does not matter
 */
public record KeyHandle(
    HandleId id,
    KeyPath opened,
    KeyPath resolved,
    Revision openedAt,
    KeyAccess granted,
    HandleOwner owner,
    Instant since,
    Instant lastUse,
    HandleState state) {
  /** How long it has been there; never negative, also if the clock was set back. */
  public Duration age(Instant now) {
    return between(since, now);
  }

  /** How long it has not been used; never negative, also if the clock was set back. */
  public Duration idle(Instant now) {
    return between(lastUse, now);
  }

  public boolean isOpen() {
    return state == HandleState.OPEN;
  }

  KeyHandle used(Instant now) {
    return new KeyHandle(id, opened, resolved, openedAt, granted, owner, since, now, state);
  }

  KeyHandle in(HandleState newState) {
    return new KeyHandle(id, opened, resolved, openedAt, granted, owner, since, lastUse, newState);
  }

  private static Duration between(Instant from, Instant now) {
    return now.isBefore(from) ? Duration.ZERO : Duration.between(from, now);
  }
}
