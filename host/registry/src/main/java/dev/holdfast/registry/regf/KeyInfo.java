package dev.holdfast.registry.regf;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.Limits;
import org.jspecify.annotations.Nullable;

/**
 * What a hive file says of a key itself, apart from its values and subkeys.
 *
 * @param name any UTF-16 units, lone surrogates and NULs among them; empty only for a root that
 *     some other program made
 * @param className the key's class, a text that hardly any key has; empty for none
 * @param lastWrittenFiletime when the key was last written, in steps of 100 ns since 1601,
 *     unsigned; kept as it is, since a file can hold any number
 * @param link whether the key is a symbolic link to the key named by its value {@code
 *     SymbolicLinkValue}
 * @param security who may do what with the key; null where a file or a tree does not say
 */
public record KeyInfo(
    String name,
    String className,
    long lastWrittenFiletime,
    boolean link,
    @Nullable DescriptorBytes security) {
  /** UTF-16 units of a class. */
  public static final int CLASS_CHARS_MAX = Limits.CLASS_CHARS_MAX;

  /** Checks the limits. */
  public KeyInfo {
    if (name.length() > Limits.KEY_NAME_CHARS_MAX) {
      throw new IllegalArgumentException(
          "characters of a key's name: found %,d, at most %,d allowed (KEY_NAME_CHARS_MAX)"
              .formatted(name.length(), Limits.KEY_NAME_CHARS_MAX));
    }
    if (className.length() > CLASS_CHARS_MAX) {
      throw new IllegalArgumentException(
          "characters of a key's class: found %,d, at most %,d allowed (CLASS_CHARS_MAX)"
              .formatted(className.length(), CLASS_CHARS_MAX));
    }
  }

  /** A key without class or security, and no link. */
  public static KeyInfo named(String name, long lastWrittenFiletime) {
    return new KeyInfo(name, "", lastWrittenFiletime, false, null);
  }
}
