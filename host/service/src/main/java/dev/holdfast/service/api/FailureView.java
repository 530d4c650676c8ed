package dev.holdfast.service.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of "what failed last".
 *
 * @param resource null when it was a monitor or the service
 * @param event event id
 * @param seq of the event
 */
public record FailureView(
    Instant time, @Nullable String resource, int event, long seq, String message) {}
