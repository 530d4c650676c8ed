package dev.holdfast.registry;

/** Something with a name that is unique, ignoring case, among its siblings. */
sealed interface Named permits RegistryKey, RegistryValue {
  String name();
}
