package dev.holdfast.failpoint;

import java.util.Locale;

/** Which process a place is in. */
public enum Side {
  SERVICE,
  MONITOR,
  /** The command line, without a service. */
  COMMAND;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
