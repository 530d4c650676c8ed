package dev.holdfast.registry.hive;

import dev.holdfast.registry.Revision;
import java.util.Optional;

/**
 * How a hive is at this moment.
 *
 * @param logBytes how far its log is filled
 * @param groups how many groups of batches were synced since it was opened
 * @param compactions how often a snapshot was made since it was opened
 * @param readOnlyReason why it takes no batch any more, if so; a whole sentence
 */
public record HiveStatus(
    Revision revision,
    long logBytes,
    long groups,
    long compactions,
    Optional<String> readOnlyReason) {}
