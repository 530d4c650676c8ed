package dev.holdfast.checkpoint;

import java.time.Instant;

/**
 * One saved state of a checkpoint.
 *
 * @param number from 1 upward within the checkpoint
 * @param digest the blob's name
 * @param fingerprint the content's; see {@link Capture#fingerprint}
 * @param node where it was saved
 * @param revision see {@link Capture#revision}
 */
public record Generation(
    long number,
    String digest,
    String fingerprint,
    long sizeBytes,
    Instant savedAt,
    Cause cause,
    String node,
    long revision) {}
