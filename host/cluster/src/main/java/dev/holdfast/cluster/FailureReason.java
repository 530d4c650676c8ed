package dev.holdfast.cluster;

/** What kind of thing made a resource fail. The words are for those who count. */
public enum FailureReason {
  /** Its check said so. */
  CHECK("check"),
  /** Its online failed. */
  EXCEPTION("exception"),
  /** It did not become usable in time. */
  TIMEOUT("timeout"),
  /** It was gone when a monitor looked for it again. */
  ABSENT("absent"),
  /** Nobody could tell whether it runs. */
  UNKNOWN("unknown"),
  /** An operator wanted to see it fail. */
  OPERATOR("operator");

  private final String label;

  FailureReason(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
