package dev.holdfast.samples.scriptable;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Does something inside a static initialiser: once in a class loader's life. What it throws comes
 * as ExceptionInInitializerError, and from then on the class cannot be used: NoClassDefFoundError.
 */
final class StaticInit {
  private static volatile @Nullable Callable<?> pending;

  private StaticInit() {}

  static void perform(Callable<?> action) {
    pending = action;
    Initialised.touch();
  }

  private static void performPending() {
    Callable<?> action = pending;
    if (action == null) {
      return;
    }
    try {
      var _ = action.call();
    } catch (Exception e) {
      throw new IllegalStateException("as the script asked for", e);
    }
  }

  private static final class Initialised {
    static {
      performPending();
    }

    private Initialised() {}

    static void touch() {
      // Being called is enough.
    }
  }
}
