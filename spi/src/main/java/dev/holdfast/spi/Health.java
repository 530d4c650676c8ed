package dev.holdfast.spi;

import java.util.Objects;

/**
 * The verdict of a check. A reason is a sentence an operator reads: {@code HTTP 503 from
 * http://127.0.0.1:8080/health}. MSCS had a boolean here, and nobody could tell why.
 */
public sealed interface Health {
  /** It does its work. */
  record Alive() implements Health {}

  /**
   * It works, but not as it should. Shown and counted; nothing is restarted.
   *
   * @param why what is not as it should be
   */
  record Degraded(String why) implements Health {
    public Degraded {
      Objects.requireNonNull(why, "why");
    }
  }

  /**
   * It does not work. The restart policy decides what follows.
   *
   * @param why what was seen
   */
  record Failed(String why) implements Health {
    public Failed {
      Objects.requireNonNull(why, "why");
    }
  }

  static Health alive() {
    return new Alive();
  }

  static Health degraded(String why) {
    return new Degraded(why);
  }

  static Health failed(String why) {
    return new Failed(why);
  }
}
