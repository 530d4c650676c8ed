package dev.holdfast.client;

import java.time.Duration;
import java.time.Instant;

/**
 * A handle that some process has to a key, as it was when it was asked for.
 *
 * @param key as it was opened
 * @param resolvedKey with links followed
 * @param rights what it was granted, as names of Windows joined by {@code |}
 * @param process the name of who holds it
 * @param startTicks when that process was started, as {@code /proc} has it
 * @param connection through which it was opened; numbered since the service started
 * @param state {@code OPEN}, {@code KEY_DELETED} or {@code CLOSED}
 */
public record Handle(
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
    Duration age,
    Duration idle,
    String state) {}
