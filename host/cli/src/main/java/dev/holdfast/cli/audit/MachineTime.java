package dev.holdfast.cli.audit;

import java.time.Duration;

/** The machine's own. */
final class MachineTime implements Auditor.Time {
  @Override
  public Duration now() {
    return Duration.ofNanos(System.nanoTime());
  }

  @Override
  public void pass(Duration time) throws InterruptedException {
    Thread.sleep(time);
  }
}
