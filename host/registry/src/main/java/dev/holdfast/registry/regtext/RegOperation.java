package dev.holdfast.registry.regtext;

import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryValue;

/** One thing that a text says to do, in the order of the text. */
public sealed interface RegOperation {
  /** The number of the line that says so; the first line is 1. */
  int line();

  /** The root key, as {@code HKEY_LOCAL_MACHINE}. */
  String root();

  /** The key below the root key; empty for the root key itself. */
  KeyPath key();

  /** Creates a key and those above it, where they do not exist. */
  record CreateKey(int line, String root, KeyPath key) implements RegOperation {}

  /** Deletes a key with all below it, if it exists. */
  record DeleteKey(int line, String root, KeyPath key) implements RegOperation {}

  /** Sets a value of a key that was created before. */
  record SetValue(int line, String root, KeyPath key, RegistryValue value)
      implements RegOperation {}

  /** Deletes a value, if it exists; the default value's name is empty. */
  record DeleteValue(int line, String root, KeyPath key, String name) implements RegOperation {}
}
