package dev.holdfast.service.registry;

/** What the registry's core says in passing, as a sentence of its own. */
final class Sentence {
  private Sentence() {}

  static String of(String clause) {
    return Character.toUpperCase(clause.charAt(0)) + clause.substring(1) + ".";
  }

  static String of(Exception e) {
    return of(String.valueOf(e.getMessage()));
  }
}
