package dev.holdfast.registry;

/** One thing that a {@link Batch} does. */
public sealed interface Change {
  /** The key that is changed. */
  KeyPath path();

  /**
   * Creates the key and those above it that are missing; an existing one is left as it is, whatever
   * the options say. Those above are plain, but volatile if the key is.
   *
   * <p>The batch is refused when a key above is volatile and this one is not to be
   * (ERROR_CHILD_MUST_BE_VOLATILE in Windows).
   */
  record CreateKey(KeyPath path, KeyOptions options) implements Change {
    /** A plain one. */
    public CreateKey(KeyPath path) {
      this(path, KeyOptions.PLAIN);
    }
  }

  /**
   * Gives a key other contents, as RegRestoreKey does: its own values, class, link, security and
   * subkeys become those of another key, its name stays. What is volatile among the contents is
   * left out. The keys below keep the times that they come with; their revision is that of the
   * commit. The limit on the bytes of a batch does not count the contents, which have {@link
   * Limits#CONTENTS_BYTES_MAX} of their own.
   *
   * <p>The batch is refused when the key does not exist or is volatile, when the contents are too
   * large or would be too deep, or when another change of the batch is of this kind.
   */
  record ReplaceContents(KeyPath path, RegistryKey contents) implements Change {
    /** The name of the contents does not matter, and is not kept. */
    public ReplaceContents {
      contents = contents.withoutName();
    }
  }

  /**
   * Gives a key that security descriptor of its own.
   *
   * <p>The batch is refused when the key does not exist.
   */
  record SetSecurity(KeyPath path, DescriptorBytes descriptor) implements Change {}

  /**
   * Sets a value of an existing key. An existing value keeps the spelling of its name.
   *
   * <p>The batch is refused when the key does not exist.
   */
  record SetValue(KeyPath path, RegistryValue value) implements Change {}

  /** Deletes a value; nothing happens when it or its key does not exist. */
  record DeleteValue(KeyPath path, String name) implements Change {}

  /**
   * Deletes a key with its values; nothing happens when it does not exist.
   *
   * <p>The batch is refused when the key has subkeys, as in Windows, or is the root.
   */
  record DeleteKey(KeyPath path) implements Change {}

  /**
   * Deletes a key with all below it; nothing happens when it does not exist.
   *
   * <p>The batch is refused when the key is the root.
   */
  record DeleteTree(KeyPath path) implements Change {}
}
