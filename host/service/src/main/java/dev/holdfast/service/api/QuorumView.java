package dev.holdfast.service.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The quorum directory.
 *
 * @param cluster the cluster database's own id
 * @param node who holds it, with pid and home
 * @param databaseBytes of the database's log and snapshots
 * @param freeBytes of its file system, for us
 * @param lastBackup the last one that was written and read back; null when none is known
 * @param restored what it was restored from; null when it was not
 */
public record QuorumView(
    String path,
    String cluster,
    String node,
    long pid,
    String home,
    long revision,
    long databaseBytes,
    int blobs,
    long blobBytes,
    int plugins,
    long pluginBytes,
    long freeBytes,
    @Nullable Backup lastBackup,
    @Nullable Restored restored) {

  /** A good backup. */
  public record Backup(Instant takenAt, long revision, String file) {}

  /** A restore. */
  public record Restored(Instant at, String from, Instant takenAt, long revision) {}
}
