package dev.holdfast.samples.scriptable;

/** Throws what the compiler would not let pass. A plugin in another language need not even try. */
final class AsItIs {
  private AsItIs() {}

  /** Throws that very object, checked or not; never returns. */
  static RuntimeException raise(Throwable thrown) {
    throw AsItIs.<RuntimeException>unchecked(thrown);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // that is the trick
  private static <T extends Throwable> T unchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
