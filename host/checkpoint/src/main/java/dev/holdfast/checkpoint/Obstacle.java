package dev.holdfast.checkpoint;

/** What keeps a checkpoint from being saved, watched or restored. The names are shown to people. */
public enum Obstacle {
  /** Others hold open what is to be replaced, or have it open for writing. */
  HANDLE_HELD("HandleHeld"),

  /** The cluster service may not read or write it. */
  ACCESS_DENIED("AccessDenied"),

  /** It is not there. */
  MISSING("Missing"),

  /** What was saved cannot be read back. */
  CORRUPT("Corrupt"),

  /** No room is left where it is to be written. */
  NO_SPACE("NoSpace"),

  /** It holds what cannot be checkpointed, such as a socket. */
  UNSUPPORTED("Unsupported"),

  /** Reading or writing failed otherwise. */
  IO("IoError");

  private final String word;

  Obstacle(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
