package dev.holdfast.samples.volume.cloud;

import java.time.Duration;
import java.util.Map;

/**
 * How well the cloud answers today; told by whoever tests, and not kept. Thread-safe.
 *
 * <pre>
 *   fine                 it answers
 *   down                 it answers 503, and does nothing
 *   slow   [millis=500]  it waits before it does anything
 *   lose                 it does what is asked, and hangs up without an answer
 *   hold-before          it keeps the request, and does it only when the weather changes
 *   hold-after           it does what is asked, and answers only when the weather changes
 * </pre>
 *
 * <p>With {@code only=attach} all other requests are answered as if it were fine, and with {@code
 * node=alpha} those that do not name this node.
 */
final class Weather {
  /** Nobody is kept waiting for longer. */
  private static final Duration HELD_MAX = Duration.ofMinutes(5);

  private Kind kind = Kind.FINE;
  private String only = "";
  private String node = "";
  private long millis;
  private long changes;
  private int held;

  /** What it can be like. */
  enum Kind {
    FINE,
    DOWN,
    SLOW,
    LOSE,
    HOLD_BEFORE,
    HOLD_AFTER
  }

  /** What the weather is for one request, from its beginning to its end. */
  record Now(Kind kind, long millis, long changes) {}

  /** Changes; who is held goes on. */
  synchronized void become(Kind next, Map<String, String> how) {
    kind = next;
    only = how.getOrDefault("only", "");
    node = how.getOrDefault("node", "");
    millis = Long.parseLong(how.getOrDefault("millis", "500"));
    changes++;
    notifyAll();
  }

  synchronized Now now(String what, Map<String, String> asked) {
    boolean concerned =
        (only.isEmpty() || only.equals(what))
            && (node.isEmpty() || node.equals(asked.getOrDefault("node", "")));
    return new Now(concerned ? kind : Kind.FINE, millis, changes);
  }

  /** Waits until the weather is another than it was then. */
  synchronized void hold(Now then) throws InterruptedException {
    long end = System.nanoTime() + HELD_MAX.toNanos();
    held++;
    try {
      for (long left = HELD_MAX.toNanos();
          changes == then.changes() && left > 0;
          left = end - System.nanoTime()) {
        wait(left / 1_000_000 + 1);
      }
    } finally {
      held--;
    }
  }

  /** How many requests are held now. */
  synchronized int held() {
    return held;
  }
}
