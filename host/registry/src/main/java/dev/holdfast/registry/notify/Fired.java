package dev.holdfast.registry.notify;

import dev.holdfast.registry.Effect;
import dev.holdfast.registry.Revision;
import java.util.Optional;

/**
 * A notification that has fired, and is no longer armed. To lose nothing: read the key in a
 * snapshot that is not older than {@code revision}, then arm it again from the revision of that
 * snapshot.
 *
 * @param armedAt from which revision on it was armed
 * @param revision the commit that fired it; the newest one when it is not known which
 * @param cause the first effect that matched; empty when commits since are no longer kept, and it
 *     is only known that something may have happened
 */
public record Fired(
    Notification notification, Revision armedAt, Revision revision, Optional<Effect> cause) {}
