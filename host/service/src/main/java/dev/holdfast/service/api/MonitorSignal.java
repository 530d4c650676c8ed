package dev.holdfast.service.api;

/** The ways to harm a monitor on purpose. */
public enum MonitorSignal {
  KILL(9),
  SEGV(11),
  STOP(19);

  private final int number;

  MonitorSignal(int number) {
    this.number = number;
  }

  /** The signal's number on Linux. */
  public int number() {
    return number;
  }
}
