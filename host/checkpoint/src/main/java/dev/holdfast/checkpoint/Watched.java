package dev.holdfast.checkpoint;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the live content of a checkpoint is looked after.
 *
 * @param isWatched whether its changes are saved as they are made
 * @param dirtySince since when there are changes that are not saved; null for none
 */
public record Watched(boolean isWatched, @Nullable Instant dirtySince) {
  static final Watched NOT = new Watched(false, null);
}
