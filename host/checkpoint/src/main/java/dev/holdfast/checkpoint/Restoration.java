package dev.holdfast.checkpoint;

import java.util.List;
import java.util.Optional;

/**
 * What became of a resource's checkpoints before it goes online.
 *
 * @param restored how many have the content that was saved
 * @param count how many it has
 * @param unrestored those that have not, as {@code checkpoint 2 (registry:Software\X): HandleHeld}
 * @param refusal why it must not go online; empty when it may
 */
public record Restoration(
    int restored, int count, List<String> unrestored, Optional<Refusal> refusal) {
  /** Of a resource without checkpoints. */
  public static final Restoration NOTHING = new Restoration(0, 0, List.of(), Optional.empty());

  /**
   * Why a resource must not go online.
   *
   * @param again whether it makes sense to try again without anybody having done something
   */
  public record Refusal(String why, boolean again) {}

  public Restoration {
    unrestored = List.copyOf(unrestored);
  }
}
