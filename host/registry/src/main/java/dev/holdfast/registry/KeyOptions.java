package dev.holdfast.registry;

import org.jspecify.annotations.Nullable;

/**
 * What a key is beside its name, its time, its values and its subkeys. Immutable; most keys of a
 * tree share one.
 *
 * @param className the key's class, a text that hardly any key has; empty for none
 * @param security its own security descriptor; null for none of its own: then what its nearest
 *     ancestor with one hands down counts, and above all of them {@link
 *     dev.holdfast.registry.security.DefaultSecurity}
 * @param isVolatile whether the key lives only as long as the hive is open, with all below it
 * @param isLink whether it is a symbolic link to the key named by its value {@code
 *     SymbolicLinkValue}
 */
public record KeyOptions(
    String className, @Nullable DescriptorBytes security, boolean isVolatile, boolean isLink) {
  /** Nothing special. */
  public static final KeyOptions PLAIN = new KeyOptions("", null, false, false);

  /** Nothing but volatile. */
  public static final KeyOptions VOLATILE = PLAIN.asVolatile();

  /**
   * Options of these.
   *
   * @throws IllegalArgumentException if the class is longer than {@link Limits#CLASS_CHARS_MAX}
   */
  public KeyOptions {
    Limits.check(
        "characters of a key's class",
        className.length(),
        Limits.CLASS_CHARS_MAX,
        "CLASS_CHARS_MAX");
  }

  public KeyOptions withClassName(String newClassName) {
    return new KeyOptions(newClassName, security, isVolatile, isLink);
  }

  public KeyOptions withSecurity(@Nullable DescriptorBytes newSecurity) {
    return new KeyOptions(className, newSecurity, isVolatile, isLink);
  }

  public KeyOptions asVolatile() {
    return new KeyOptions(className, security, true, isLink);
  }

  public KeyOptions asLink() {
    return new KeyOptions(className, security, isVolatile, true);
  }

  /** These, as the object that the neighbour has if its are equal. */
  KeyOptions sharedWith(KeyOptions neighbour) {
    return equals(neighbour) ? neighbour : this;
  }
}
