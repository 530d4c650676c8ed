package dev.holdfast.client;

import java.util.Locale;

/** What happened to a key. */
public enum ChangeKind {
  /** A subkey of it was made or deleted. */
  NAME,
  /** One of its values was set or deleted. */
  VALUE,
  /** Its attributes, as its class. */
  ATTRIBUTES,
  /** Its security descriptor. */
  SECURITY,
  /** It was deleted, with all below it. Told whatever is asked for. */
  DELETED,
  /**
   * Commits up to this revision are not kept any more, and anything at the key and below may have
   * changed: read again. Told whatever is asked for.
   */
  MISSED;

  /** The word that requests and answers have for it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static ChangeKind named(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
