package dev.holdfast.service.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a backup, said by the one who asked for it: he alone knows what the file is.
 *
 * @param revision of a good one: that of the cluster database
 * @param takenAt of a good one: when it was taken
 * @param file of a good one: where it is
 * @param content of a good one: what is in it, in words
 * @param failure why there is none; null for a good one
 */
public record BackupReport(
    @Nullable Long revision,
    @Nullable Instant takenAt,
    @Nullable String file,
    @Nullable String content,
    @Nullable String failure) {}
