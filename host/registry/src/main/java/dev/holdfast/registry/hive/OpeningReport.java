package dev.holdfast.registry.hive;

import dev.holdfast.registry.Revision;
import java.util.Optional;

/**
 * What opening a hive found.
 *
 * @param revision the last commit in it
 * @param replayedBatches how many batches were applied to the newest good snapshot
 * @param closedCleanly whether the last program that wrote it closed it
 * @param cutAt where a torn tail began, or the end of the last record when there was none
 * @param cutBytes how long the torn tail was that was cut off; 0 when there was none
 * @param refusedSnapshot what was said of the newest snapshot, if it was not what was written
 * @param remark a sentence for the log
 */
public record OpeningReport(
    Revision revision,
    long replayedBatches,
    boolean closedCleanly,
    long cutAt,
    long cutBytes,
    Optional<String> refusedSnapshot,
    String remark) {}
