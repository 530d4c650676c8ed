package dev.holdfast.registry;

/** A precondition did not hold: read again, decide again, and submit another batch. */
public final class PreconditionFailedException extends BatchRefusedException {
  private final transient Precondition precondition;
  private final transient Revision revision;

  PreconditionFailedException(Precondition precondition, Revision revision, String found) {
    super(
        "batch refused at revision %s: %s does not hold: %s"
            .formatted(revision, precondition, found));
    this.precondition = precondition;
    this.revision = revision;
  }

  /** The first one that did not hold. */
  public Precondition precondition() {
    return precondition;
  }

  /** The revision at which it was looked at. */
  public Revision revision() {
    return revision;
  }
}
