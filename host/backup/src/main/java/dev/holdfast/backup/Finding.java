package dev.holdfast.backup;

/**
 * What is wrong with a backup, or with a quorum directory.
 *
 * @param object which part
 * @param what a clause, without its subject
 */
public record Finding(Kind kind, String object, String what) {

  /** How bad it is. */
  public enum Kind {
    /** It is not what was written, or not as a whole; nothing is restored of it. */
    BROKEN,
    /** Something that the database names is not there; the rest is good. */
    LACKING
  }

  static Finding broken(String object, String what) {
    return new Finding(Kind.BROKEN, object, what);
  }

  static Finding lacking(String object, String what) {
    return new Finding(Kind.LACKING, object, what);
  }

  @Override
  public String toString() {
    return object + ": " + what;
  }
}
