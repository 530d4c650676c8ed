package dev.holdfast.service.slot;

import dev.holdfast.spi.Exit;
import java.util.Optional;
import java.util.OptionalInt;

/** A slot as a plugin sees it. */
public record SlotView(
    String name, String nonce, boolean alive, OptionalInt pid, Optional<Exit> exit) {
  static SlotView of(String name, SlotRecord slot) {
    return new SlotView(
        name,
        slot.token().value(),
        slot.isOccupied(),
        slot.process().map(process -> OptionalInt.of(process.pid())).orElse(OptionalInt.empty()),
        slot.exit());
  }
}
