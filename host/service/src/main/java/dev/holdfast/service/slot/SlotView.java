package dev.holdfast.service.slot;

import dev.holdfast.spi.Exit;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A slot as a plugin sees it.
 *
 * @param gone nothing of its process and of what that started is left
 */
public record SlotView(
    String name, String nonce, boolean alive, OptionalInt pid, Optional<Exit> exit, boolean gone) {
  /** What was seen gone has ended, even while how it did is still being found out. */
  static SlotView of(String name, SlotRecord slot, boolean gone) {
    boolean endUnknown = gone && slot.isOccupied();
    return new SlotView(
        name,
        slot.token().value(),
        slot.isOccupied() && !gone,
        slot.process().map(process -> OptionalInt.of(process.pid())).orElse(OptionalInt.empty()),
        endUnknown ? Optional.of(new Exit.Unknown()) : slot.exit(),
        gone);
  }
}
