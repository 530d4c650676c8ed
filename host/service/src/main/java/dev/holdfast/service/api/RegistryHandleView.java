package dev.holdfast.service.api;

import java.time.Instant;

/**
 * An open handle to a registry key.
 *
 * @param key as it was opened
 * @param resolvedKey with links followed; the two differ in the events of Q316772
 * @param rights what it was granted, as names of Windows joined by {@code |}
 * @param process the name of who holds it
 * @param connection through which it was opened; numbered since the service started
 * @param lastUse when it was opened or last used; one that was opened for somebody who is gone is
 *     known by its age
 * @param state {@code OPEN}, {@code KEY_DELETED} or {@code CLOSED}
 */
public record RegistryHandleView(
    long id,
    String key,
    String resolvedKey,
    String rights,
    String process,
    long pid,
    long startTicks,
    long uid,
    long connection,
    Instant since,
    Instant lastUse,
    long ageSeconds,
    long idleSeconds,
    String state) {}
