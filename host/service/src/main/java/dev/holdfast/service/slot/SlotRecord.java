package dev.holdfast.service.slot;

import dev.holdfast.service.process.BootTicks;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.SlotToken;
import dev.holdfast.spi.Exit;
import java.util.Optional;

/**
 * What is written down about a slot's last process: its intent (token and moment) before the fork,
 * its identity after it and before anybody is told, and how it ended, together with the intent of
 * the one that may follow; so only the first start of a slot waits for an intent. Whatever the
 * instant of a death, a process that runs is found: by its identity, or by the token in its
 * environment.
 *
 * @param token in the environment of the process and of all that it starts
 * @param intended when its start was decided
 * @param stopSignal the name of the signal that stops it
 * @param process empty between intent and fork
 * @param exit how it ended; empty while it lives
 * @param next the intent of the next start; empty while it lives
 */
public record SlotRecord(
    SlotToken token,
    BootTicks intended,
    String stopSignal,
    Optional<ProcessIdentity> process,
    Optional<Exit> exit,
    Optional<Intent> next) {

  /** Under which token, and from which moment on, a process may be found. */
  public record Intent(SlotToken token, BootTicks since) {}

  /** What is written down before a fork. */
  static SlotRecord intent(Intent intent, String stopSignal) {
    return new SlotRecord(
        intent.token(),
        intent.since(),
        stopSignal,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Whether the process was started and its end not seen. */
  public boolean isOccupied() {
    return process.isPresent() && exit.isEmpty();
  }

  /** Whether its start may have been cut off between fork and record. */
  boolean isIntent() {
    return process.isEmpty() && exit.isEmpty();
  }

  /** The record of the next start as far as it is written down already. */
  Optional<SlotRecord> following() {
    return next.map(intent -> intent(intent, stopSignal));
  }

  SlotRecord started(ProcessIdentity identity) {
    return new SlotRecord(token, intended, stopSignal, Optional.of(identity), exit, next);
  }

  SlotRecord ended(Exit how, Intent following) {
    return new SlotRecord(
        token, intended, stopSignal, process, Optional.of(how), Optional.of(following));
  }
}
