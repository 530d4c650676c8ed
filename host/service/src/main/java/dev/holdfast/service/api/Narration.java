package dev.holdfast.service.api;

import java.time.Instant;

/**
 * One line of what an operation says while it goes on.
 *
 * @param subject the object the line is about, by name
 * @param text such as {@code "Online 4.0s"}
 */
public record Narration(Instant time, String subject, String text) {}
