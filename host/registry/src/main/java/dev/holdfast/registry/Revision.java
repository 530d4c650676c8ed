package dev.holdfast.registry;

/**
 * A hive's count of commits: 0 before the first one, one more with each. Never goes back and never
 * skips.
 */
public record Revision(long number) implements Comparable<Revision> {
  /** Before the first commit. */
  public static final Revision ZERO = new Revision(0);

  public Revision {
    if (number < 0) {
      throw new IllegalArgumentException("a revision is 0 or more, found " + number);
    }
  }

  public Revision next() {
    return new Revision(number + 1);
  }

  public boolean isAfter(Revision other) {
    return number > other.number;
  }

  @Override
  public int compareTo(Revision other) {
    return Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return Long.toString(number);
  }
}
