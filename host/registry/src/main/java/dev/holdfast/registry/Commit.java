package dev.holdfast.registry;

import java.util.List;
import java.util.Optional;

/**
 * One batch that was committed, and the revision it made. After a hive was opened again the batches
 * of its log are told as they were written down: without their preconditions, which held; without
 * the changes of volatile keys, so perhaps without any; without an origin, which is not kept.
 *
 * @param time when it was committed, by the hive's clock
 * @param origin who made it, if it was said
 * @param effects what it did; of a batch of the log, what it did as it is written there
 */
public record Commit(
    Revision revision, Batch batch, Filetime time, Optional<Origin> origin, List<Effect> effects) {
  public Commit {
    effects = List.copyOf(effects);
  }
}
