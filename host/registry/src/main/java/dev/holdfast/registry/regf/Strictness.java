package dev.holdfast.registry.regf;

/** How exact a hive file has to be. Each tolerates what the one before it does, and more. */
public enum Strictness {
  /**
   * As exact as Windows and {@link HiveWriter} leave it: for files of our own, where anything else
   * is damage.
   */
  STRICT,

  /**
   * As other programs than Windows make it, too, as long as there is one way to understand it: for
   * files of other makers.
   */
  LENIENT,

  /**
   * Also if it was not written to its end, or what only helps to find things (hashes, order, counts
   * of references) is wrong: to get out of a file what is in it, when a person asks for that.
   */
  SALVAGE;

  boolean tolerates(Oddity oddity) {
    return compareTo(oddity.toleratedFrom()) >= 0;
  }
}
