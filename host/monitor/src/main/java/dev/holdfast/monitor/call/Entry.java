package dev.holdfast.monitor.call;

import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.InFlight;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One entry into plugin code.
 *
 * <pre>
 *   WAITING ──run──► INSIDE ──returns or throws──► OVER
 *      │                │  cancelled: told and interrupted
 *      │                │  LET_GO_LIMIT later: given up (answered, and still INSIDE)
 *      └──cancelled or refused──► OVER, never entered
 * </pre>
 *
 * <p>The outcome is told exactly once; the door is told exactly once, too, when the code is out (or
 * was never in), which may be much later or never. Both are told outside the lock. Thread-safe.
 */
final class Entry implements Runnable {
  /** So long may a cancelled call take to let go before it is answered without it. */
  static final Duration LET_GO_LIMIT = Duration.ofSeconds(5);

  /** The codes of failures that are the host's word and not the plugin's. */
  static final String CANCELLED = "Cancelled";

  static final String DEADLINE_PASSED = "DeadlinePassed";
  static final String YIELDED = "Yielded";
  static final String CALL_HANGS = Failures.CALL_HANGS;

  /** Hears when plugin code is out, and when it was given up. */
  interface Door {
    /** It is out, or was never in. Once. */
    void left(Entry entry);

    /** It was answered without it, and is still inside. */
    void givenUp(Entry entry);
  }

  /** For entries that belong to no resource. */
  static final Door NO_DOOR =
      new Door() {
        @Override
        public void left(Entry entry) {
          // Nobody waits behind it.
        }

        @Override
        public void givenUp(Entry entry) {
          // Nobody waits behind it.
        }
      };

  /** The plugin code to run. */
  interface Body {
    /** Returns a value that is not null; {@link Outcome.Nothing} where there is none. */
    Object run(Entry entry) throws Exception;
  }

  /**
   * What is entered.
   *
   * @param call the service's number; 0 for a poll
   * @param resource its id; empty when none is concerned
   * @param subject for sentences: "resource web-1", "plugin redis@1.2"
   * @param deadline from now; null for none
   */
  record What(
      EntryPoint entryPoint,
      long call,
      String resource,
      String subject,
      PluginHost plugin,
      long epoch,
      @Nullable Duration deadline) {}

  private enum Stage {
    WAITING,
    INSIDE,
    OVER
  }

  private final What what;
  private final Surroundings surroundings;
  private final Body body;
  private final Consumer<Outcome> outcome;
  private final Door door;
  private final Instant deadline;

  private Stage stage = Stage.WAITING;
  private @Nullable Thread thread;
  private @Nullable String cancelledAs;
  private boolean answered;
  private boolean givenUp;
  private long enteredNanos;
  private boolean entered;
  private Alarms.@Nullable Alarm deadlineAlarm;
  private Alarms.@Nullable Alarm giveUpAlarm;

  private Entry(
      What what, Surroundings surroundings, Body body, Consumer<Outcome> outcome, Door door) {
    this.what = what;
    this.surroundings = surroundings;
    this.body = body;
    this.outcome = outcome;
    this.door = door;
    Duration limit = what.deadline();
    this.deadline = limit == null ? Instant.MAX : surroundings.clock().instant().plus(limit);
  }

  /** An entry that waits to be run; its deadline counts from now. */
  static Entry waiting(
      What what, Surroundings surroundings, Body body, Consumer<Outcome> outcome, Door door) {
    var entry = new Entry(what, surroundings, body, outcome, door);
    Duration limit = what.deadline();
    if (limit != null) {
      entry.cancelIn(limit, DEADLINE_PASSED);
    }
    return entry;
  }

  /** Hurries a check that somebody waits behind; it is then cancelled as {@link #YIELDED}. */
  void yieldIn(Duration limit) {
    cancelIn(limit, YIELDED);
  }

  private synchronized void cancelIn(Duration limit, String as) {
    if (stage != Stage.OVER) {
      if (deadlineAlarm != null) {
        deadlineAlarm.cancel();
      }
      deadlineAlarm = surroundings.alarms().in(limit, () -> cancel(as));
    }
  }

  What what() {
    return what;
  }

  Instant deadline() {
    return deadline;
  }

  /** Whether plugin code is inside and still waited for: its call's objects are alive. */
  synchronized boolean isInside() {
    return stage == Stage.INSIDE;
  }

  synchronized boolean isCancelled() {
    return cancelledAs != null || stage == Stage.OVER;
  }

  /** Whether its outcome was told, or is being told. */
  synchronized boolean isAnswered() {
    return answered;
  }

  /** Whether plugin code is inside although nobody waits for it any more. */
  synchronized boolean isGivenUp() {
    return givenUp;
  }

  synchronized boolean isCancelledAs(String code) {
    return code.equals(cancelledAs);
  }

  /** Enters plugin code, on a plugin thread. */
  @Override
  public void run() {
    Thread current = Thread.currentThread();
    synchronized (this) {
      if (stage != Stage.WAITING) {
        return;
      }
      stage = Stage.INSIDE;
      thread = current;
      var _ = Thread.interrupted(); // Whoever left it there did not mean this call.
      enteredNanos = System.nanoTime();
      entered = true;
    }
    Outcome result;
    try (var _ = surroundings.stateBlock().enter(inFlight(current))) {
      current.setContextClassLoader(what.plugin().loader());
      CallPoints.before(what.entryPoint());
      Object returned = body.run(this);
      CallPoints.after(what.entryPoint());
      result = new Outcome.Returned(returned, nanos());
    } catch (Throwable thrown) {
      result = new Outcome.Failed(failure(thrown), nanos());
    } finally {
      current.setContextClassLoader(null);
    }
    end(result);
  }

  private void end(Outcome result) {
    boolean first;
    synchronized (this) {
      stage = Stage.OVER;
      thread = null;
      first = !answered;
      answered = true;
      // An interrupt that was meant for this call must not reach the next one on this thread.
      // Nobody asks whether it was set: it no longer means anything.
      var _ = Thread.interrupted();
    }
    cancelAlarms();
    if (first) {
      outcome.accept(result);
    } else {
      surroundings.late();
    }
    door.left(this);
  }

  /** Tells plugin code that nobody waits any longer; answers at once if it was not entered. */
  void cancel(String as) {
    boolean neverEntered = false;
    synchronized (this) {
      if (stage == Stage.OVER || cancelledAs != null) {
        return;
      }
      cancelledAs = as;
      if (stage == Stage.WAITING) {
        stage = Stage.OVER;
        answered = true;
        neverEntered = true;
      } else if (thread != null) {
        thread.interrupt();
        giveUpAlarm = surroundings.alarms().in(surroundings.letGoLimit(), this::giveUp);
      }
    }
    if (neverEntered) {
      refused(sentence(as, "it had not begun"));
    }
  }

  /** Answers an entry that will not be made. */
  void refuse(Failure failure) {
    synchronized (this) {
      if (stage != Stage.WAITING) {
        return;
      }
      stage = Stage.OVER;
      answered = true;
    }
    refused(failure);
  }

  private void refused(Failure failure) {
    cancelAlarms();
    outcome.accept(new Outcome.Failed(failure, 0));
    door.left(this);
  }

  private void giveUp() {
    StackTraceElement[] where;
    synchronized (this) {
      if (stage != Stage.INSIDE || answered) {
        return;
      }
      answered = true;
      givenUp = true;
      where = thread == null ? new StackTraceElement[0] : thread.getStackTrace();
    }
    var hanging = new Throwable("where it hangs");
    hanging.setStackTrace(where);
    outcome.accept(
        new Outcome.Failed(
            Failures.of(
                Responsibility.INTERNAL,
                Retry.HERE,
                CALL_HANGS,
                "%s of %s was cancelled (%s) and interrupted, and is still inside plugin %s %d ms after it began."
                    .formatted(
                        name(),
                        what.subject(),
                        cancelledAs(),
                        what.plugin().label(),
                        TimeUnit.NANOSECONDS.toMillis(nanos())),
                hanging),
            nanos()));
    surroundings.givenUp(this);
    door.givenUp(this);
  }

  private synchronized @Nullable String cancelledAs() {
    return cancelledAs;
  }

  private Failure failure(Throwable thrown) {
    String as = cancelledAs();
    if (as != null && !(thrown instanceof ResourceException)) {
      return sentence(as, "it ended with " + thrown.getClass().getName()).toBuilder()
          .setDetail(Failures.stackTrace(thrown))
          .build();
    }
    return Failures.thrown(thrown);
  }

  private Failure sentence(String as, String found) {
    return Failures.of(
        Responsibility.RESOURCE,
        Retry.HERE,
        as,
        "%s of %s: %s; %s."
            .formatted(
                name(),
                what.subject(),
                as.equals(DEADLINE_PASSED) ? "its time was over" : "it was cancelled",
                found));
  }

  private String name() {
    return what.entryPoint().name();
  }

  private long nanos() {
    return System.nanoTime() - enteredNanos;
  }

  /** When plugin code was entered, by {@link System#nanoTime}; empty when it was not. */
  synchronized OptionalLong enteredNanos() {
    return entered ? OptionalLong.of(enteredNanos) : OptionalLong.empty();
  }

  private InFlight inFlight(Thread current) {
    return new InFlight(
        what.entryPoint(),
        what.call(),
        what.resource(),
        what.plugin().label(),
        what.epoch(),
        surroundings.clock().instant(),
        current.getName());
  }

  private synchronized void cancelAlarms() {
    if (deadlineAlarm != null) {
      deadlineAlarm.cancel();
    }
    if (giveUpAlarm != null) {
      giveUpAlarm.cancel();
    }
  }
}
