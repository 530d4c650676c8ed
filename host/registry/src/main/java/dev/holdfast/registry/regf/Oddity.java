package dev.holdfast.registry.regf;

/**
 * What can be unusual in a hive file without making it unreadable, and from which {@link
 * Strictness} on it is told and not refused.
 */
public enum Oddity {
  // Found in files that Windows wrote and closed.
  TAIL_AFTER_BINS("bytes after the last bin"),
  ADJACENT_FREE_CELLS("free cells side by side that were not merged"),
  UNREFERENCED_CELLS("cells in use that nothing refers to"),
  UNUSED_SECURITY("a security descriptor in the ring that no key has"),
  VOLATILE_LEFTOVERS("a count of volatile subkeys or a flag of a volatile key"),
  LIST_WITHOUT_ENTRIES("the offset of a list whose count is zero"),
  CLASS_WITHOUT_LENGTH("the offset of a class's name of zero length"),
  SMALL_DATA_APART("data of at most four bytes in a cell of its own"),
  NAME_NOT_COMPRESSED("a name in two bytes a character that needs one"),
  MAXIMUM_TOO_SMALL("a maximum of a key that one of its subkeys or values exceeds"),
  CLUSTERING_FACTOR("a clustering factor that is not 1"),
  LARGE_VALUE_IN_STANDARD("a value of more than 1 MiB in version 1.3"),
  HASHED_LIST_IN_STANDARD("a list with hashes in a version before 1.5"),
  PREDEFINED_HANDLE("a key that stands for a predefined handle; it has no values"),
  ROOT_FLAG_BELOW_ROOT("the flag of a root on a key below it"),

  // Found in files that other programs made.
  ROOT_FLAG_MISSING("a root without the flag of a root", Strictness.LENIENT),
  ROOT_NAME_EMPTY("a root without a name", Strictness.LENIENT),
  BACKSLASH_IN_NAME("a key's name with a backslash", Strictness.LENIENT),
  UNALIGNED_CELL("a cell whose size is no multiple of 8", Strictness.LENIENT),
  DUPLICATE_SUBKEY("a second subkey of the same name; left out", Strictness.LENIENT),
  DUPLICATE_VALUE("a second value of the same name; left out", Strictness.LENIENT),
  NO_SECURITY("a key without a security descriptor", Strictness.LENIENT),
  BIG_DATA_IN_ONE_CELL(
      "data of more than 16,344 bytes in one cell from version 1.4 on", Strictness.LENIENT),
  TOMBSTONE("a value that marks one as deleted in another layer; left out", Strictness.LENIENT),

  // Damage, but not to a name, a value or a descriptor.
  DIRTY("sequence numbers that differ", Strictness.SALVAGE),
  SUBKEYS_OUT_OF_ORDER("subkeys that are not in the order of their names", Strictness.SALVAGE),
  WRONG_HASH("a hash that is not that of the name", Strictness.SALVAGE),
  WRONG_HINT("a hint that is not the beginning of the name", Strictness.SALVAGE),
  REFERENCE_COUNT(
      "a count of keys with a security descriptor that is not theirs", Strictness.SALVAGE),
  SECURITY_RING(
      "a ring of security descriptors that is not closed or not whole", Strictness.SALVAGE);

  private final String sentence;
  private final Strictness toleratedFrom;

  Oddity(String sentence) {
    this(sentence, Strictness.STRICT);
  }

  Oddity(String sentence, Strictness toleratedFrom) {
    this.sentence = sentence;
    this.toleratedFrom = toleratedFrom;
  }

  /** What it is, without saying where. */
  public String sentence() {
    return sentence;
  }

  /** The most exact reading that tells of it and goes on. */
  public Strictness toleratedFrom() {
    return toleratedFrom;
  }
}
