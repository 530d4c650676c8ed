package dev.holdfast.service.cluster;

import java.util.Locale;

/** What of a monitor can come too late. The words are for those who count. */
enum StaleKind {
  /** The answer of a call that nobody waits for. */
  ANSWER,
  /** A check's report from an earlier epoch. */
  HEALTH,
  /** The progress of a call that is over. */
  PROGRESS,
  /** A request (for a process, for a token to be kept) from an earlier epoch; it was refused. */
  REQUEST;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
