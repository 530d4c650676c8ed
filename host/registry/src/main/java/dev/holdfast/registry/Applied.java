package dev.holdfast.registry;

import java.util.List;
import java.util.Optional;

/**
 * What came of applying a batch to a snapshot. Immutable.
 *
 * @param snapshot the one right after it
 * @param durablePart what of the batch is to be written down, perhaps no change at all, if some of
 *     its changes concern volatile keys; empty if all of it is
 * @param contents what a key got in place of what it had, to be written down with the batch; empty
 *     for most batches
 * @param effects what the batch did, each once, in the order of their first happening. A change
 *     that changes nothing, such as the creation of a key that is there, has none; a value or a
 *     descriptor that is set to what it was has one; a key that was deleted and created again has
 *     changed in all ways
 */
public record Applied(
    Snapshot snapshot,
    Optional<Batch> durablePart,
    Optional<RegistryKey> contents,
    List<Effect> effects) {
  public Applied {
    effects = List.copyOf(effects);
  }
}
