package dev.holdfast.failpoint;

import java.util.Locale;

/** On which side of its place a fail point is. */
public enum Moment {
  /** What the place stands for has not begun. */
  BEFORE,
  /** It is done, and nothing that follows from it is. */
  AFTER;

  /** As it stands at the end of a point's name. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
