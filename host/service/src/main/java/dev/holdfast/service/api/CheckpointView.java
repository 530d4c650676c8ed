package dev.holdfast.service.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint: what of a resource's configuration follows it.
 *
 * @param id from 1 upward within its resource, and never given again
 * @param source {@code registry} or {@code file}
 * @param path relative to HKLM, or absolute
 * @param generation the one that is restored before the next online
 * @param digest of that generation's blob, as {@code sha256:HEX}
 * @param cause why it was saved: Added, Changed, Offline, Manual, Patched, RolledBack or Drift
 * @param policy what is done when it cannot be restored: continue, retry, force or fail
 * @param onDrift what is done with edits made while the resource was offline: restore, adopt or
 *     refuse
 * @param excludes globs of files that are left out, below the tree's root
 * @param keep so many generations are kept
 * @param quietMillis how long nothing must change before a change is saved
 * @param delayMillis how long a change waits at most
 * @param rollBackWithinMillis see {@link CheckpointApi.NewCheckpoint}; 0 for never
 * @param unrestored whether the resource runs on configuration that could not be restored
 * @param watched whether changes are saved as they are made
 * @param dirtySince since when there are changes that are not saved yet; null for none
 */
public record CheckpointView(
    int id,
    String resource,
    String source,
    String path,
    long generation,
    String digest,
    long sizeBytes,
    Instant savedAt,
    String cause,
    String policy,
    String onDrift,
    List<String> excludes,
    int keep,
    long quietMillis,
    long delayMillis,
    long rollBackWithinMillis,
    boolean unrestored,
    boolean watched,
    @Nullable Instant dirtySince) {}
