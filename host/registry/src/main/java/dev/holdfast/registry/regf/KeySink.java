package dev.holdfast.registry.regf;

import dev.holdfast.registry.RegistryValue;

/**
 * What a reader tells of the keys it finds, from the root down: {@code enter}, the key's values in
 * their order, its subkeys in the order of their names (each with an {@code enter} and a {@code
 * leave} of its own), {@code leave}.
 *
 * <p>Reading may end with an exception after any of these calls, also after the last: what came
 * until then is to be thrown away.
 */
public interface KeySink {
  void enter(KeyInfo key);

  void value(RegistryValue value);

  void leave();
}
