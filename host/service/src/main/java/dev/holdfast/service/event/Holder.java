package dev.holdfast.service.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who held what was in the way.
 *
 * @param process its name
 * @param key the key as it was opened
 * @param resolvedKey the key that this is in truth
 */
public record Holder(
    String process, long pid, String key, String resolvedKey, @Nullable Instant since) {}
