package dev.holdfast.monitor.call;

import dev.holdfast.protocol.StateBlockWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What every call of one monitor shares. Thread-safe. */
public final class Surroundings {
  private final InstantSource clock;
  private final Alarms alarms;
  private final StateBlockWriter stateBlock;
  private final Outgoing outgoing;
  private final Duration letGoLimit;
  private final AtomicLong lateAnswers = new AtomicLong();
  private final Set<Entry> givenUp = ConcurrentHashMap.newKeySet();

  /** With the limit that applies outside tests. */
  public Surroundings(
      InstantSource clock, Alarms alarms, StateBlockWriter stateBlock, Outgoing outgoing) {
    this(clock, alarms, stateBlock, outgoing, Entry.LET_GO_LIMIT);
  }

  /** With a limit of its own for calls that do not let go. */
  public Surroundings(
      InstantSource clock,
      Alarms alarms,
      StateBlockWriter stateBlock,
      Outgoing outgoing,
      Duration letGoLimit) {
    this.clock = clock;
    this.alarms = alarms;
    this.stateBlock = stateBlock;
    this.outgoing = outgoing;
    this.letGoLimit = letGoLimit;
  }

  /** The monitor's time. */
  public InstantSource clock() {
    return clock;
  }

  /** The clock thread. */
  public Alarms alarms() {
    return alarms;
  }

  /** Where frames for the service go. */
  public Outgoing outgoing() {
    return outgoing;
  }

  /** Outcomes nobody waited for, and frames for calls nobody knows, so far. */
  public long lateAnswers() {
    return lateAnswers.get();
  }

  /** How many threads are inside plugin code for calls that were given up. */
  public int leftBehind() {
    givenUp.removeIf(entry -> !entry.isInside());
    return givenUp.size();
  }

  StateBlockWriter stateBlock() {
    return stateBlock;
  }

  Duration letGoLimit() {
    return letGoLimit;
  }

  /** Something came for which nobody waits any more. */
  public void late() {
    lateAnswers.incrementAndGet();
  }

  void givenUp(Entry entry) {
    givenUp.add(entry);
  }
}
