package dev.holdfast.registry.notify;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.BatchRefusedException;
import dev.holdfast.registry.Effect;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.Snapshot;
import java.util.List;

/** Finds out what a batch does to the tree it is applied to. */
public final class Effects {
  private Effects() {}

  /**
   * The effects of a batch, as its {@link dev.holdfast.registry.Commit} has them: see {@link
   * dev.holdfast.registry.Applied}.
   *
   * @param before the tree that the batch was applied to
   * @throws IllegalStateException if the batch cannot be applied to it: it is not the one before
   */
  public static List<Effect> of(Snapshot before, Batch batch) {
    try {
      return before.applied(batch, Filetime.ZERO).effects();
    } catch (BatchRefusedException e) {
      throw new IllegalStateException(
          "a committed batch cannot be applied to the tree before it: " + e.getMessage(), e);
    }
  }
}
