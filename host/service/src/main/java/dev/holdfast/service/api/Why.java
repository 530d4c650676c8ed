package dev.holdfast.service.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The causal chain of a state.
 *
 * @param name of the resource or group
 * @param headline one sentence: the state, the wanted state, since when
 * @param chain oldest first, numbered from 1; may be empty
 * @param blockedBy what stands in the way, or why nothing does
 * @param unblock whole commands for a shell; null when there is nothing to do
 */
public record Why(
    String name, String headline, List<Link> chain, String blockedBy, @Nullable String unblock) {
  public Why {
    chain = List.copyOf(chain);
  }

  /**
   * One link of the chain.
   *
   * @param event event id, where the link is one
   */
  public record Link(int number, Instant time, String text, @Nullable Integer event) {}
}
