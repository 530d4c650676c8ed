package dev.holdfast.service.api;

import java.time.Instant;

/**
 * One saved state of a checkpoint.
 *
 * @param checkpoint the checkpoint's id within its resource
 * @param generation from 1 upward within the checkpoint
 * @param digest of its blob, as {@code sha256:HEX}
 * @param cause see {@link CheckpointView#cause}
 * @param node where it was saved
 * @param revision of the hive that it was read from; 0 for files
 * @param current whether it is the one that is restored before the next online
 * @param state {@code Good}, {@code Missing} or {@code Damaged}: whether its blob can be read back;
 *     looked at when it is asked for
 */
public record GenerationView(
    String resource,
    int checkpoint,
    long generation,
    String digest,
    long sizeBytes,
    Instant savedAt,
    String cause,
    String node,
    long revision,
    boolean current,
    String state) {}
