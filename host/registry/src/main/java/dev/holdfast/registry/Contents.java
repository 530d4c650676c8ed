package dev.holdfast.registry;

/** What a key is to have in place of what it has: measured, and made keys of the commit. */
final class Contents {
  private static final int KEY_BYTES = 64;
  private static final int VALUE_BYTES = 32;

  private final KeyPath path;
  private final long revision;
  private long bytes;

  private Contents(KeyPath path, long revision) {
    this.path = path;
    this.revision = revision;
  }

  /** A copy of them, without what is volatile, that is of that revision. */
  static RegistryKey adopted(RegistryKey contents, KeyPath path, long revision)
      throws InvalidBatchException {
    return new Contents(path, revision).adopted(contents, path.names().size());
  }

  static long bytes(RegistryKey key) {
    long bytes = KEY_BYTES + 2L * (key.name().length() + key.className().length());
    for (RegistryValue value : key.values()) {
      bytes += VALUE_BYTES + 2L * value.name().length() + value.sizeBytes();
    }
    return bytes;
  }

  private RegistryKey adopted(RegistryKey key, int depth) throws InvalidBatchException {
    bytes += bytes(key);
    if (depth > Limits.DEPTH_MAX || bytes > Limits.CONTENTS_BYTES_MAX) {
      throw new InvalidBatchException(
          "batch refused: cannot replace the contents of the key %s: the new ones have %s; restore less of them"
              .formatted(
                  path,
                  depth > Limits.DEPTH_MAX
                      ? "keys on level %,d, at most %,d levels are allowed (DEPTH_MAX)"
                          .formatted(depth, Limits.DEPTH_MAX)
                      : "more than %,d bytes (CONTENTS_BYTES_MAX)"
                          .formatted(Limits.CONTENTS_BYTES_MAX)));
    }
    var subkeys = new NameSetBuilder<RegistryKey>();
    for (RegistryKey subkey : key.durableSubkeys()) {
      subkeys.add(adopted(subkey, depth + 1));
    }
    return key.adopted(revision, subkeys.build());
  }
}
