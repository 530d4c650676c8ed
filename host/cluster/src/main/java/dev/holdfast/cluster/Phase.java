package dev.holdfast.cluster;

import dev.holdfast.spi.OfflineReason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a resource is, with what holds there. {@link ResourceState} is what people see of it.
 *
 * <pre>
 *  a monitor died (from anywhere)
 *    │
 *    ▼    monitor     answered           Running, and was Online
 *  Closed ───────► Opening ───► ┬ ───────────────────────────────────────────► Online
 *    ▲                │         │  Unknown                                     ▲ ▲  │
 *    └────────────────┘         ├──► Asking ──► Finding ──┐  Running otherwise │ │  │
 *     could not be opened       ├──────────── answered ───┘  ───────► Settling ┘ │  │
 *                               │ Absent               (its checks      ▲   │    │  │
 *                               ▼                       say when)       │   │    │  │
 *            ┌────────────► Offline ──► Checking ──── Running ──────────┘   │    │  │
 *            │                 ▲          │  │  Absent                      │    │  │
 *            │ (operator)      │          │  └────────────► GoingOnline ────┼────┘  │
 *            │                 │  Foreign │                     │ failed    │ failed│
 *          Failed ◄────────────┼──────────┘                     ▼           ▼       │
 *            ▲                 └───┐   ┌─────────────────── Terminating ◄───────────┤ failed
 *            │     Absent, wanted so   ▼     Running: again      ▲                  │
 *            └────────────────── Verifying ──────────────────────┘                  │
 *              Absent, or blocked  (find) ◄────────── GoingOffline ◄────────────────┘
 *
 *  Online ◄───► Changing: properties were set that can be put in effect while it runs. Whatever
 *               leads away from Online leads away from there, too, and cancels the call.
 *          Failed, Foreign ──► Adopting ──► Settling      (an operator said --adopt)
 * </pre>
 *
 * <p>Two edges do not exist, on purpose: nothing but Checking, having heard from {@code find} that
 * it is Absent, or held by one that lost it, leads to GoingOnline; and nothing but a {@code find}
 * that said either leads to Offline. (The one that never ran is created Offline.)
 *
 * <p>Every phase belongs to one of four families. A family says what the phases in it are about;
 * {@link ResourceMachine} names whole families where an event changes nothing.
 *
 * <p>A phase that waits says until when; {@link #due} is that moment.
 */
public sealed interface Phase {
  /** What people see. */
  ResourceState state();

  /** When this phase has waited long enough; empty when it waits for nobody. */
  default Optional<Instant> due() {
    return Optional.empty();
  }

  /** What is remembered of it once its monitor, or the service, is gone. */
  default Memory remembered() {
    return switch (this) {
      case Recovering recovering -> recovering.memory();
      case Checking(_, Instant until) -> new GoingOnline(until, until);
      case Settling(_, Instant until) -> new GoingOnline(until, until);
      case Changing(_, _, _, Instant until) -> new Online(until);
      case Adopting(Instant until) -> new GoingOnline(until, until);
      // The one that was verified is done; the next may have to be made.
      case Verifying(After after, int attempt, Instant until) ->
          new Terminating(after, attempt + 1, until);
      case Memory memory -> memory;
    };
  }

  /** Family: it is on its way to no other state. */
  sealed interface Resting extends Phase {}

  /** Family: on its way to Online. */
  sealed interface Starting extends Phase {
    @Override
    default ResourceState state() {
      return ResourceState.ONLINE_PENDING;
    }
  }

  /** Family: on its way to what comes {@link After} it ran. */
  sealed interface Stopping extends Phase {
    /** What it becomes once it is seen gone. */
    After after();

    @Override
    default ResourceState state() {
      return after().pendingState();
    }
  }

  /** Family: no monitor knows yet how it is. What it was is remembered, and shown. */
  sealed interface Recovering extends Phase {
    /** What it was, and is as far as anybody knows. */
    Memory memory();

    /** The same, remembering something else. */
    Recovering remembering(Memory other);

    @Override
    default ResourceState state() {
      return memory().state();
    }
  }

  /** A phase that a resource can be in without a monitor's knowing: what is remembered of it. */
  sealed interface Memory extends Phase {}

  /** It does not run; {@code find} said so. */
  record Offline() implements Memory, Resting {
    @Override
    public ResourceState state() {
      return ResourceState.OFFLINE;
    }
  }

  /**
   * It is usable and polled.
   *
   * @param reportBy when the next report of a check must have come: a check that hangs in the
   *     monitor is seen by its absence
   */
  record Online(Instant reportBy) implements Memory, Resting {
    @Override
    public ResourceState state() {
      return ResourceState.ONLINE;
    }

    @Override
    public Optional<Instant> due() {
      return Optional.of(reportBy);
    }
  }

  /**
   * It is Online as before, and {@code changed} is under way: the call is in flight.
   *
   * @param what the names of the properties that are being put in effect
   * @param to all private properties, as they are in effect once it has returned
   * @param next what was set meanwhile, and is looked at when it has returned
   * @param until re-armed by each report that says something new (PendingTimeout)
   */
  record Changing(Set<String> what, Map<String, List<String>> to, Set<String> next, Instant until)
      implements Resting {
    public Changing {
      what = Set.copyOf(what);
      to = Map.copyOf(to);
      next = Set.copyOf(next);
    }

    /** The same, with more to be looked at behind it. */
    Changing then(Set<String> more) {
      return new Changing(what, to, more, until);
    }

    /** The same, waiting until then. */
    Changing until(Instant moment) {
      return new Changing(what, to, next, moment);
    }

    @Override
    public ResourceState state() {
      return ResourceState.ONLINE;
    }

    @Override
    public Optional<Instant> due() {
      return Optional.of(until);
    }
  }

  /**
   * It does not run, or must not be taken for running.
   *
   * @param why what happened, as a sentence
   * @param retryAt when it will be tried again; empty: when an operator says so
   */
  record Failed(String why, Optional<Instant> retryAt) implements Memory, Resting {
    @Override
    public ResourceState state() {
      return ResourceState.FAILED;
    }

    @Override
    public Optional<Instant> due() {
      return retryAt;
    }
  }

  /**
   * Its online is under way: the call is in flight.
   *
   * @param pendingUntil re-armed by each report that says something new (PendingTimeout)
   * @param limit never moves (onlineLimit)
   */
  record GoingOnline(Instant pendingUntil, Instant limit) implements Memory, Starting {
    @Override
    public Optional<Instant> due() {
      return Optional.of(pendingUntil.isBefore(limit) ? pendingUntil : limit);
    }
  }

  /** Its offline is under way: the call is in flight. */
  record GoingOffline(OfflineReason reason, After after, Instant pendingUntil)
      implements Memory, Stopping {
    @Override
    public ResourceState state() {
      return ResourceState.OFFLINE_PENDING;
    }

    @Override
    public Optional<Instant> due() {
      return Optional.of(pendingUntil);
    }
  }

  /**
   * Its terminate is under way, with the {@code find} behind it that says whether it is gone.
   *
   * @param attempt from 1; a terminate that its monitor's death cut short is made again, and counts
   *     once
   */
  record Terminating(After after, int attempt, Instant until) implements Memory, Stopping {
    @Override
    public Optional<Instant> due() {
      return Optional.of(until);
    }
  }

  /**
   * After an offline, or a terminate that failed: {@code find} is asked whether it is really gone.
   *
   * @param attempt how many terminates (or offlines) lie behind it
   */
  record Verifying(After after, int attempt, Instant until) implements Stopping {
    @Override
    public Optional<Instant> due() {
      return Optional.of(until);
    }
  }

  /**
   * Before an online: {@code find} is asked whether it runs already.
   *
   * @param restart whether it was Failed before
   */
  record Checking(boolean restart, Instant until) implements Starting {
    @Override
    public Optional<Instant> due() {
      return Optional.of(until);
    }
  }

  /**
   * Somebody else started it, and an operator has it taken over as it runs: the call is in flight.
   * A {@code find} behind it says whether that came about.
   */
  record Adopting(Instant until) implements Starting {
    @Override
    public Optional<Instant> due() {
      return Optional.of(until);
    }
  }

  /**
   * It was found Running although no online of ours has returned: its checks say when it is usable,
   * and before each further one it is looked for, since it may have ended just as it was found.
   *
   * @param askAt when it is looked for and checked next; {@code until} while a call is in flight
   */
  record Settling(Instant askAt, Instant until) implements Starting {
    @Override
    public Optional<Instant> due() {
      return Optional.of(askAt.isBefore(until) ? askAt : until);
    }
  }

  /**
   * No monitor holds it. What it was is remembered, and stays true as far as anybody knows.
   *
   * @param retryAt when opening it is tried again, if it failed; empty: as soon as there is a
   *     monitor
   */
  record Closed(Memory memory, Optional<Instant> retryAt) implements Recovering {
    /** Closed, to be opened as soon as there is a monitor. */
    public Closed(Memory memory) {
      this(memory, Optional.empty());
    }

    @Override
    public Closed remembering(Memory other) {
      return new Closed(other, retryAt);
    }

    @Override
    public Optional<Instant> due() {
      return retryAt;
    }
  }

  /** A monitor was told to open it, and to find it then. */
  record Opening(Memory memory, Instant until) implements Recovering {
    @Override
    public Opening remembering(Memory other) {
      return new Opening(other, until);
    }

    @Override
    public Optional<Instant> due() {
      return Optional.of(until);
    }
  }

  /** {@code find} could not tell, and is asked once more. */
  record Finding(Memory memory, int attempt, Instant until) implements Recovering {
    @Override
    public Finding remembering(Memory other) {
      return new Finding(other, attempt, until);
    }

    @Override
    public Optional<Instant> due() {
      return Optional.of(until);
    }
  }

  /** {@code find} could not tell; it is asked again after a while. */
  record Asking(Memory memory, int attempt, Instant askAt) implements Recovering {
    @Override
    public Asking remembering(Memory other) {
      return new Asking(other, attempt, askAt);
    }

    @Override
    public Optional<Instant> due() {
      return Optional.of(askAt);
    }
  }

  /** What a resource becomes once it is seen gone. */
  sealed interface After {
    /** What people see on the way. */
    ResourceState pendingState();

    /** Offline, as was wanted. */
    record BecomeOffline() implements After {
      @Override
      public ResourceState pendingState() {
        return ResourceState.OFFLINE_PENDING;
      }
    }

    /** Failed, for that reason, tried again at that moment. */
    record BecomeFailed(String why, Optional<Instant> retryAt) implements After {
      @Override
      public ResourceState pendingState() {
        return ResourceState.FAILED;
      }
    }
  }
}
