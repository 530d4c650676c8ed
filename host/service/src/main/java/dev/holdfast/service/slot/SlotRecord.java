package dev.holdfast.service.slot;

import dev.holdfast.service.process.BootTicks;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.SlotToken;
import dev.holdfast.spi.Exit;
import java.util.Optional;

/**
 * What is written down about a slot's last process. Written twice for each start: the intent (token
 * and moment) before the fork, the identity after it and before anybody is told; and once more when
 * it ended. So whatever the instant of a death, a process that runs is found: by its identity, or
 * by the token in its environment.
 *
 * @param token in the environment of the process and of all that it starts
 * @param intended when its start was decided
 * @param stopSignal the name of the signal that stops it
 * @param process empty between intent and fork
 * @param exit how it ended; empty while it lives
 */
public record SlotRecord(
    SlotToken token,
    BootTicks intended,
    String stopSignal,
    Optional<ProcessIdentity> process,
    Optional<Exit> exit) {

  /** Whether the process was started and its end not seen. */
  public boolean isOccupied() {
    return process.isPresent() && exit.isEmpty();
  }

  SlotRecord started(ProcessIdentity identity) {
    return new SlotRecord(token, intended, stopSignal, Optional.of(identity), exit);
  }

  SlotRecord ended(Exit how) {
    return new SlotRecord(token, intended, stopSignal, process, Optional.of(how));
  }
}
