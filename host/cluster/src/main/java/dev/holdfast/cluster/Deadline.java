package dev.holdfast.cluster;

/** What limits how long a call may take. The words are for those who count. */
public enum Deadline {
  /** PendingTimeout: an online or offline that makes no progress. */
  PENDING_TIMEOUT("pending_timeout"),
  /** onlineLimit: an online, whatever progress it reports. */
  ONLINE_LIMIT("online_limit"),
  /** DeadlockTimeout: a call that neither returns nor reports. */
  DEADLOCK_TIMEOUT("deadlock_timeout");

  private final String label;

  Deadline(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
