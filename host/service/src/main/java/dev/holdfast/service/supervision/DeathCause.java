package dev.holdfast.service.supervision;

/** What kind of end a monitor had. The words are for those who count; a sentence says the rest. */
public enum DeathCause {
  /** The JVM crashed and left a report. */
  CRASH("crash"),
  /** The heap was full. */
  OUT_OF_MEMORY("oom"),
  /** It exited by itself, with any other code. */
  EXIT("exit"),
  /** Somebody sent it a signal. */
  SIGNAL("signal"),
  /** It was ended because its heartbeat was missing. */
  HEARTBEAT("heartbeat"),
  /** It was ended because a call into a plugin neither returned nor reported. */
  DEADLOCK("deadlock"),
  /** It was ended because it was not ready in time. */
  NOT_READY("not_ready"),
  /** It was ended because its link was gone. */
  LINK("link"),
  /** Its process could not be started. */
  NOT_STARTED("not_started"),
  /** Nobody saw how. */
  UNKNOWN("unknown");

  private final String label;

  DeathCause(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
