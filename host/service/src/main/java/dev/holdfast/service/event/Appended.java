package dev.holdfast.service.event;

import java.util.concurrent.CompletableFuture;

/**
 * An event that was taken.
 *
 * @param seq its place in the log; 0 when it was not taken, because too many wait for a disk that
 *     does not write
 * @param durable completes when it is on disk; fails when it was not taken, or when the log was
 *     closed over a disk that does not write. Completed on the log's thread: hand over and return
 */
public record Appended(long seq, CompletableFuture<Void> durable) {}
