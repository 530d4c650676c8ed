package dev.holdfast.cluster;

import dev.holdfast.cluster.Phase.Adopting;
import dev.holdfast.cluster.Phase.After;
import dev.holdfast.cluster.Phase.Asking;
import dev.holdfast.cluster.Phase.Changing;
import dev.holdfast.cluster.Phase.Checking;
import dev.holdfast.cluster.Phase.Closed;
import dev.holdfast.cluster.Phase.Failed;
import dev.holdfast.cluster.Phase.Finding;
import dev.holdfast.cluster.Phase.GoingOffline;
import dev.holdfast.cluster.Phase.GoingOnline;
import dev.holdfast.cluster.Phase.Memory;
import dev.holdfast.cluster.Phase.Offline;
import dev.holdfast.cluster.Phase.Online;
import dev.holdfast.cluster.Phase.Opening;
import dev.holdfast.cluster.Phase.Recovering;
import dev.holdfast.cluster.Phase.Resting;
import dev.holdfast.cluster.Phase.Settling;
import dev.holdfast.cluster.Phase.Starting;
import dev.holdfast.cluster.Phase.Stopping;
import dev.holdfast.cluster.Phase.Terminating;
import dev.holdfast.cluster.Phase.Verifying;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.OfflineReason;
import dev.holdfast.spi.ResourceException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one resource does when something happens to it: every pair of {@link Phase} and {@link
 * ResourceEvent} is decided here, and nowhere else.
 *
 * <p>A method per event, a case per phase in which the event means something; the last case names
 * the four families, in which it changes nothing. Most often that is the late answer of a call that
 * nobody waits for any more. What each pair does is written down in a table, {@code
 * transitions.txt} among the tests, and a pair that is missing there fails the build: that is where
 * a new phase or event meets all the others.
 *
 * <p>Pure: the caller gives the time, and performs the actions.
 */
final class ResourceMachine {
  /** How often {@code find} may say Unknown before an ON_NODE resource is terminated. */
  static final int UNKNOWN_ATTEMPTS_MAX = 6;

  /** How often terminate is tried before a resource is left as "still runs". */
  static final int TERMINATE_ATTEMPTS_MAX = 3;

  /**
   * When something that blocks a resource (a foreign holder, a corpse that stands) is looked at
   * again.
   */
  static final Duration BLOCKED_RETRY = Duration.ofSeconds(30);

  /** When an instance that could not be opened is opened again. */
  static final Duration OPEN_RETRY = Duration.ofSeconds(5);

  /** When the end of processes that was not answered is asked for again. */
  static final Duration END_RETRY = Duration.ofSeconds(30);

  /** How long a resource that was found Running on its way to Online waits between two checks. */
  static final Duration SETTLING_INTERVAL = Duration.ofMillis(500);

  /**
   * The attempt of a look that has no offline and no terminate behind it, at what lives elsewhere:
   * what an earlier online asked for may be on its way there, so that nothing there is not enough.
   */
  private static final int NOTHING_ENDED = 0;

  private static final String FAILURE_ASKED_FOR = "failure asked for by the operator";
  private static final Duration UNKNOWN_BACKOFF_MIN = Duration.ofMillis(250);
  private static final After BECOME_OFFLINE = new After.BecomeOffline();

  private final Outbox out;
  private final Instant now;
  private final ClusterResource.Draft r;

  private ResourceMachine(ClusterResource resource, Instant now, Outbox out) {
    this.r = resource.edit();
    this.now = now;
    this.out = out;
  }

  /** Decides one event; adds the actions to {@code out}. */
  static ClusterResource on(
      ClusterResource resource, ResourceEvent event, Instant now, Outbox out) {
    var machine = new ResourceMachine(resource, now, out);
    machine.decide(event);
    ClusterResource next = machine.r.done();
    if (next.state() != resource.state()) {
      out.stateChanged(resource, next);
    }
    return next;
  }

  private void decide(ResourceEvent event) {
    switch (event) {
      case ResourceEvent.Supervised() -> supervised();
      case ResourceEvent.MonitorLost() -> monitorLost();
      case ResourceEvent.FoundIt(Found found) -> found(found);
      case ResourceEvent.FoundSuperseded(String holder, long epoch) ->
          foundSuperseded(heldBy(holder, epoch));
      case ResourceEvent.Returned(EntryPoint entryPoint) -> returned(entryPoint);
      case ResourceEvent.CallFailed(EntryPoint entryPoint, Failure failure) ->
          callFailed(entryPoint, failure);
      case ResourceEvent.Progressed(String what) -> progressed(what);
      case ResourceEvent.Checked(Health health, boolean terminating) ->
          checked(health, terminating);
      case ResourceEvent.CheckBroken(String why) -> checkBroken(why);
      case ResourceEvent.ProcessEnded() -> processEnded();
      case ResourceEvent.GoOnline(boolean seenGone) -> goOnline(seenGone);
      case ResourceEvent.Adopt() -> adopt();
      case ResourceEvent.GoOffline(OfflineReason reason) -> goOffline(reason);
      case ResourceEvent.GivenUp() -> givenUp();
      case ResourceEvent.ProcessesEnded(Optional<String> standing) -> processesEnded(standing);
      case ResourceEvent.FailNow() -> failNow();
      case ResourceEvent.ForgetFailures() -> r.failures = FailureWindow.EMPTY;
      case ResourceEvent.TryNow() -> tryNow();
      case ResourceEvent.Change(Set<String> what) -> change(what);
      case ResourceEvent.PollingChanged() -> pollingChanged();
      case ResourceEvent.Released() -> released();
      case ResourceEvent.Due() -> due();
    }
  }

  // ---- supervision -------------------------------------------------------------------------

  private void supervised() {
    switch (r.phase()) {
      case Closed(Memory memory, _) -> {
        r.epoch++;
        MonitorName monitor = r.config.monitor();
        r.openIn = Optional.of(monitor);
        r.enter(new Opening(memory, deadlock()), r.detail, now);
        out.add(new Action.Open(r.config.id(), monitor, r.epoch, deadlock()));
      }
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  private void monitorLost() {
    if (r.phase() instanceof Changing changing) {
      notChanged(
          changing, "its monitor ended meanwhile; it may have been done, in part or as a whole");
    }
    close(r.phase().remembered());
  }

  private void released() {
    switch (r.phase()) {
      case Offline phase -> release(phase);
      case Failed phase -> release(phase);
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  private void release(Memory memory) {
    r.openIn.ifPresent(monitor -> out.add(new Action.Close(r.config.id(), monitor, r.epoch)));
    close(memory);
  }

  private void close(Memory memory) {
    r.enter(new Closed(memory), r.detail, now);
    r.openIn = Optional.empty();
    if (r.unsupervisedSince.isEmpty()) {
      r.unsupervisedSince = Optional.of(now);
    }
  }

  // ---- find --------------------------------------------------------------------------------

  private void found(Found found) {
    switch (r.phase()) {
      case Opening(Memory memory, _) -> recovered(memory, 1, found);
      case Finding(Memory memory, int attempt, _) -> recovered(memory, attempt, found);
      case Checking(boolean restart, Instant until) -> {
        switch (found) {
          case Found.Absent _ -> startOnline(restart);
          case Found.Running(String evidence) -> settleIn(evidence);
          case Found.Foreign(String holder, long epoch) -> foreign(holder, epoch, Optional.of(now));
          case Found.Unknown(String why) -> unknown(new GoingOnline(until, until), 1, why);
        }
      }
      case Settling(_, Instant until) -> {
        if (found instanceof Found.Running) {
          call(EntryPoint.IS_ALIVE, until);
        } else {
          recovered(new GoingOnline(until, until), 1, found);
        }
      }
      case Terminating(After after, int attempt, _) -> verified(after, attempt, found);
      case Verifying(After after, int attempt, _) -> verified(after, attempt, found);
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  /** Its holder lost it: an online with a higher epoch takes it over, a terminate releases it. */
  private void foundSuperseded(String held) {
    switch (r.phase()) {
      case Opening(Memory memory, _) -> recoveredSuperseded(memory, held);
      case Finding(Memory memory, _, _) -> recoveredSuperseded(memory, held);
      case Settling(_, Instant until) -> recoveredSuperseded(new GoingOnline(until, until), held);
      case Checking(boolean restart, _) -> {
        out.tell(Notice.Kind.TAKING_OVER, r, held);
        startOnline(restart);
      }
      case Terminating(After after, int attempt, _) ->
          terminate(after, attempt + 1, "still " + held);
      case Verifying(After after, int attempt, _) -> terminate(after, attempt + 1, "still " + held);
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  /** A new monitor has looked for it, and what is there is not this life's. */
  private void recoveredSuperseded(Memory memory, String held) {
    r.unsupervisedSince = Optional.empty();
    switch (memory) {
      case GoingOffline(_, After after, _) -> terminate(after, 1, held);
      case Terminating(After after, int attempt, _) -> terminate(after, attempt, held);
      case Offline _, Failed _, GoingOnline _, Online _ when !r.config.wantedOnline() ->
          terminate(BECOME_OFFLINE, 1, held);
      case Failed phase -> r.enter(phase, phase.why(), now);
      case Offline _, GoingOnline _, Online _ ->
          r.enter(new Offline(), held + ", which lost it", now);
    }
  }

  /** A new monitor has looked for it. */
  private void recovered(Memory memory, int attempt, Found found) {
    r.unsupervisedSince = Optional.empty();
    switch (found) {
      case Found.Running(String evidence) -> recoveredRunning(memory, evidence);
      case Found.Absent(String evidence) -> recoveredAbsent(memory, evidence);
      case Found.Foreign(String holder, long epoch) -> foreign(holder, epoch, retryAt(memory));
      case Found.Unknown(String why) -> unknown(memory, attempt, why);
    }
  }

  /** It was looked for after it was ended. */
  private void verified(After after, int attempt, Found found) {
    switch (found) {
      case Found.Absent _ when attempt == NOTHING_ENDED -> terminate(after);
      case Found.Absent _ -> settle(after);
      case Found.Running(String evidence) ->
          terminate(after, attempt + 1, "still runs: " + evidence);
      case Found.Foreign(String holder, long epoch) -> foreign(holder, epoch, retryAt(after));
      case Found.Unknown(String why) ->
          unknown(new Terminating(after, attempt + 1, deadlock()), 1, why);
    }
  }

  /** A new monitor found it Running. Nothing is started, and nothing is restored under it. */
  private void recoveredRunning(Memory memory, String evidence) {
    switch (memory) {
      case Online _ -> {
        r.adoptions++;
        enterOnline("");
        out.tell(Notice.Kind.ADOPTED, r, evidence);
      }
      case Offline _, Failed _, GoingOnline _ -> settleIn(evidence);
      case GoingOffline(OfflineReason reason, After after, _) -> startOffline(reason, after);
      case Terminating(After after, int attempt, _) ->
          terminate(after, attempt, "still runs: " + evidence);
    }
  }

  /** A new monitor found nothing. */
  private void recoveredAbsent(Memory memory, String evidence) {
    switch (memory) {
      // Should a death have come before what it had elsewhere was released.
      case Offline _, Failed _ when r.lives == Lives.ELSEWHERE && !r.config.wantedOnline() ->
          settle(afterOf(memory));
      // What its online asked for may be on its way still: a terminate has it refused. One that is
      // wanted needs none, since its next online asks for the same under a higher epoch.
      case GoingOnline _ when r.lives == Lives.ELSEWHERE && !r.config.wantedOnline() ->
          terminate(BECOME_OFFLINE);
      case Offline phase -> r.enter(phase, "", now);
      case Failed phase -> {
        r.putAllInEffect();
        r.enter(phase, phase.why(), now);
      }
      case GoingOnline _ -> r.enter(new Offline(), "its online was cut short", now);
      case GoingOffline(_, After after, _) -> settle(after);
      case Terminating(After after, int attempt, _) when r.lives == Lives.ELSEWHERE ->
          terminate(after, attempt, evidence);
      case Terminating(After after, _, _) -> settle(after);
      case Online _ -> {
        if (!r.config.wantedOnline()) {
          // Gone before it could be taken offline: nobody minds.
          settle(BECOME_OFFLINE);
        } else if (r.lives == Lives.IN_MONITOR) {
          settle(goneWithItsMonitor());
        } else {
          settle(
              fail(
                  "was gone when a monitor looked for it again: " + evidence,
                  FailureReason.ABSENT));
        }
      }
    }
  }

  private static After afterOf(Memory memory) {
    return memory instanceof Failed(String why, Optional<Instant> retryAt)
        ? new After.BecomeFailed(why, retryAt)
        : BECOME_OFFLINE;
  }

  /** It had no chance: what lived in the monitor does not pay with its restart budget. */
  private After goneWithItsMonitor() {
    boolean again = r.config.common().restart().action() != RestartAction.DONT_RESTART;
    return new After.BecomeFailed(
        "gone with its monitor", again ? Optional.of(now) : Optional.empty());
  }

  /** It runs although none of our onlines has returned: its checks say when it is usable. */
  private void settleIn(String evidence) {
    r.adoptions++;
    Instant until = pending();
    String ended = r.takenOver ? "; another node started it, so it is ended first" : "";
    r.enter(new Settling(until, until), "found Running: " + evidence + ended, now);
    call(EntryPoint.IS_ALIVE, until);
    out.tell(Notice.Kind.ADOPTED, r, evidence);
  }

  /**
   * Asks again, and first whether it is there at all: it may have ended before anybody knew that it
   * was found.
   */
  private void stillThere(Instant until) {
    r.enter(new Settling(until, until), r.detail, now);
    call(EntryPoint.FIND, until);
  }

  private void foreign(String holder, long epoch, Optional<Instant> retryAt) {
    String why = heldBy(holder, epoch);
    boolean known = why.equals(r.detail);
    block(why, retryAt);
    r.foreign = true;
    if (!known) {
      out.tell(Notice.Kind.FOREIGN_FOUND, r, why);
    }
  }

  private static String heldBy(String holder, long epoch) {
    return "held by " + holder + (epoch > 0 ? " (epoch " + epoch + ")" : "");
  }

  private void unknown(Memory memory, int attempt, String why) {
    String detail = "cannot tell whether it runs: " + why;
    boolean still = attempt == 1 && detail.equals(r.detail);
    if (attempt == 1 && !still) {
      out.tell(Notice.Kind.STATE_UNKNOWN, r, why);
    }
    if (still && r.lives == Lives.ELSEWHERE) {
      // It was asked often enough when this began.
      block(detail, retryAt(memory));
    } else if (attempt < UNKNOWN_ATTEMPTS_MAX) {
      Instant askAt = now.plus(UNKNOWN_BACKOFF_MIN.multipliedBy(1L << (attempt - 1)));
      r.enter(new Asking(memory, attempt + 1, askAt), detail, now);
    } else if (r.lives != Lives.ON_NODE) {
      // What cannot be asked cannot be told to stop either.
      block(detail, retryAt(memory));
    } else {
      switch (memory) {
        case Terminating(After after, int next, _) -> terminate(after, next, detail);
        case GoingOffline(_, After after, _) -> terminate(after, 1, detail);
        case Failed(String failed, Optional<Instant> retryAt) ->
            terminate(new After.BecomeFailed(failed, retryAt), 1, detail);
        case Offline _ when !r.config.wantedOnline() -> terminate(BECOME_OFFLINE, 1, detail);
        case Offline _, Online _, GoingOnline _ ->
            terminate(fail(detail, FailureReason.UNKNOWN), 1, detail);
      }
    }
  }

  /**
   * Failed by what neither an online nor a terminate gets over. It is looked at again, but no
   * sooner than policy would have had it tried again, and not at all where policy gave up.
   */
  private void block(String why, Optional<Instant> retryAt) {
    Instant soonest = now.plus(BLOCKED_RETRY);
    r.foreign = false;
    r.enter(
        new Failed(why, retryAt.map(policy -> policy.isBefore(soonest) ? soonest : policy)),
        why,
        now);
  }

  private Optional<Instant> retryAt(Memory memory) {
    return switch (memory) {
      case Failed(_, Optional<Instant> retryAt) -> retryAt;
      case GoingOffline(_, After after, _) -> retryAt(after);
      case Terminating(After after, _, _) -> retryAt(after);
      case Offline _, Online _, GoingOnline _ -> Optional.of(now);
    };
  }

  private Optional<Instant> retryAt(After after) {
    return switch (after) {
      case After.BecomeOffline() -> Optional.of(now);
      case After.BecomeFailed(_, Optional<Instant> retryAt) -> retryAt;
    };
  }

  // ---- answers -----------------------------------------------------------------------------

  private void returned(EntryPoint entryPoint) {
    switch (r.phase()) {
      case GoingOnline _ when entryPoint == EntryPoint.ONLINE -> enterOnline("");
      case Adopting(Instant until) when entryPoint == EntryPoint.ADOPT -> {
        out.tell(Notice.Kind.TAKEN_AS_IT_RAN, r, "an operator asked for it");
        stillThere(until);
      }
      case GoingOffline(_, After after, _) when entryPoint == EntryPoint.OFFLINE ->
          verify(after, 1);
      case Terminating(After after, int attempt, _) when entryPoint == EntryPoint.TERMINATE ->
          verify(after, attempt);
      case Changing changing when entryPoint == EntryPoint.CHANGED -> {
        r.putInEffect(changing.to());
        out.tell(Notice.Kind.CHANGED, r, "", named(changing));
        // Its checks are to know, too.
        out.add(new Action.StartPolling(r.config.id(), r.epoch));
        changeIsOver(changing);
      }
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  private void callFailed(EntryPoint entryPoint, Failure failure) {
    switch (r.phase()) {
      case Opening(Memory memory, _) when entryPoint == EntryPoint.OPEN -> {
        String why = "could not be opened: " + failure.message();
        boolean known = why.equals(r.detail);
        r.openIn = Optional.empty();
        r.enter(new Closed(memory, Optional.of(now.plus(OPEN_RETRY))), why, now);
        if (!known) {
          out.tell(Notice.Kind.UNSUPERVISED, r, why);
        }
      }
      case Opening(Memory memory, _) when entryPoint == EntryPoint.FIND ->
          recovered(memory, 1, Found.unknown("find failed: " + failure.message()));
      case Finding(Memory memory, int attempt, _) when entryPoint == EntryPoint.FIND ->
          recovered(memory, attempt, Found.unknown("find failed: " + failure.message()));
      case Checking(_, Instant until) when entryPoint == EntryPoint.FIND ->
          unknown(new GoingOnline(until, until), 1, "find failed: " + failure.message());
      case Settling(_, Instant until) when entryPoint == EntryPoint.FIND ->
          unknown(new GoingOnline(until, until), 1, "find failed: " + failure.message());
      case Terminating(After after, int attempt, _) when entryPoint == EntryPoint.FIND ->
          verified(after, attempt, Found.unknown("find failed: " + failure.message()));
      case Verifying(After after, int attempt, _) when entryPoint == EntryPoint.FIND ->
          verified(after, attempt, Found.unknown("find failed: " + failure.message()));
      case GoingOnline _ when entryPoint == EntryPoint.ONLINE ->
          terminate(
              fail(
                  "online failed: " + failure.message(),
                  failure.retry(),
                  Map.of(
                      Notice.REASON,
                      FailureReason.EXCEPTION.toString(),
                      Notice.CODE,
                      failure.code())));
      case Adopting _ when entryPoint == EntryPoint.ADOPT -> notAdopted(failure.message());
      case GoingOffline(_, After after, _) when entryPoint == EntryPoint.OFFLINE -> {
        out.tell(Notice.Kind.OFFLINE_FAILED, r, failure.message());
        terminate(after);
      }
      case Terminating(After after, int attempt, _) when entryPoint == EntryPoint.TERMINATE -> {
        out.tell(Notice.Kind.TERMINATE_FAILED, r, failure.message());
        if (r.lives == Lives.ELSEWHERE) {
          // Nobody knows whether it was heard of there. It is asked for again, after a while.
          unknown(
              new Terminating(after, attempt + 1, deadlock()),
              1,
              "terminate failed: " + failure.message());
        } else {
          verify(after, attempt);
        }
      }
      case Settling(_, Instant until) when entryPoint == EntryPoint.IS_ALIVE ->
          r.enter(new Settling(now.plus(SETTLING_INTERVAL), until), failure.message(), now);
      case Online _ when entryPoint == EntryPoint.IS_ALIVE -> checkBroken(failure.message());
      case Changing changing when entryPoint == EntryPoint.CHANGED -> {
        notChanged(changing, failure.message());
        r.detail = failure.message();
        changeIsOver(changing);
      }
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  /** It was heard of: what was waited for is waited for anew, and only onlineLimit stays. */
  private void progressed(String what) {
    switch (r.phase()) {
      case GoingOnline(_, Instant limit) -> r.enter(new GoingOnline(pending(), limit), what, now);
      case Adopting _ -> r.enter(new Adopting(pending()), what, now);
      case GoingOffline(OfflineReason reason, After after, _) ->
          r.enter(new GoingOffline(reason, after, pending()), what, now);
      case Terminating(After after, int attempt, _) ->
          r.enter(new Terminating(after, attempt, deadlock()), r.detail, now);
      case Verifying(After after, int attempt, _) ->
          r.enter(new Verifying(after, attempt, deadlock()), r.detail, now);
      case Checking(boolean restart, _) ->
          r.enter(new Checking(restart, deadlock()), r.detail, now);
      case Finding(Memory memory, int attempt, _) ->
          r.enter(new Finding(memory, attempt, deadlock()), r.detail, now);
      case Changing changing -> r.enter(changing.until(pending()), r.detail, now);
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  // ---- health ------------------------------------------------------------------------------

  private void checked(Health health, boolean terminating) {
    switch (r.phase()) {
      case Online _, Changing _ -> {
        switch (health) {
          case Health.Alive _ -> healthy(HealthState.ALIVE, "");
          case Health.Degraded(String why) -> {
            if (r.health != HealthState.DEGRADED) {
              out.tell(Notice.Kind.DEGRADED, r, why);
            }
            healthy(HealthState.DEGRADED, why);
          }
          // When both crossed, the terminate has begun before anybody said maintenance.
          case Health.Failed(String why) when r.config.common().maintenanceMode() && !terminating ->
              healthy(HealthState.FAILED, "in maintenance: " + why);
          case Health.Failed(String why) -> failed(why, FailureReason.CHECK, terminating);
        }
      }
      case Settling(_, Instant until) -> {
        switch (health) {
          case Health.Alive _ -> enterOnline("");
          case Health.Degraded(String why) -> enterOnline(why);
          case Health.Failed(String why) ->
              r.enter(new Settling(now.plus(SETTLING_INTERVAL), until), why, now);
        }
      }
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  private void failed(String why, FailureReason reason, boolean terminating) {
    After after = fail(why, reason);
    // The answer of what a monitor has begun is not waited for where another call was sent.
    boolean begun = terminating && !(r.phase() instanceof Changing);
    cancelChange();
    if (begun) { // And its monitor polls it no more.
      r.enter(new Terminating(after, 1, deadlock()), detailOf(after), now);
    } else {
      out.add(new Action.StopPolling(r.config.id(), r.epoch));
      terminate(after);
    }
  }

  private void healthy(HealthState health, String detail) {
    Phase same =
        r.phase() instanceof Changing changing ? changing : new Online(r.done().reportBy(now));
    r.enter(same, detail, now);
    r.health = health;
  }

  private void checkBroken(String why) {
    switch (r.phase()) {
      case Online _, Changing _ -> {
        if (!r.detail.equals(why)) {
          out.tell(Notice.Kind.CHECK_BROKEN, r, why);
        }
        healthy(HealthState.UNKNOWN, why);
      }
      case Settling(_, Instant until) ->
          r.enter(new Settling(now.plus(SETTLING_INTERVAL), until), why, now);
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  /** MSCS's event handle was signalled: while Online, its monitor asks IsAlive at once. */
  private void processEnded() {
    switch (r.phase()) {
      case Online _ when r.config.common().maintenanceMode() ->
          call(EntryPoint.IS_ALIVE, deadlock()); // It is not polled, and people want to see.
      // Not usable yet is no news there; whether it still runs is.
      case Settling(_, Instant until) -> stillThere(until);
      // What stood in the way of its offline may be gone; a policy's time does not come sooner.
      case Failed(String why, Optional<Instant> retryAt)
          when retryAt.isPresent() && !r.config.wantedOnline() ->
          r.enter(new Failed(why, Optional.of(now)), why, now);
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  // ---- what is wanted ----------------------------------------------------------------------

  private void goOnline(boolean seenGone) {
    switch (r.phase()) {
      case Offline _ -> goOnline(seenGone, false);
      case Failed _ -> goOnline(seenGone, true);
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  /** The one way from Foreign to Online, and nobody but an operator goes it. */
  private void adopt() {
    switch (r.phase()) {
      case Failed _ when r.foreign -> startAdopt();
      case Checking _ when r.foreign -> {
        out.add(new Action.CancelCall(r.config.id()));
        startAdopt();
      }
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  private void startAdopt() {
    r.epoch++;
    Instant pending = pending();
    r.enter(new Adopting(pending), r.detail, now);
    call(EntryPoint.ADOPT, pending);
  }

  /** It is as it was, and is not terminated: it is not ours. */
  private void notAdopted(String because) {
    String why = "could not be adopted: " + because;
    block(why, Optional.of(now));
    r.foreign = true;
    out.tell(Notice.Kind.ONLINE_FAILED, r, why);
  }

  private void goOffline(OfflineReason reason) {
    boolean forGood = reason == OfflineReason.OPERATOR;
    switch (r.phase()) {
      case Online _, Changing _ -> {
        cancelChange();
        out.add(new Action.StopPolling(r.config.id(), r.epoch));
        startOffline(reason, BECOME_OFFLINE);
      }
      case Settling _ -> startOffline(reason, BECOME_OFFLINE);
      case GoingOnline _ -> {
        out.add(new Action.CancelCall(r.config.id()));
        terminate(BECOME_OFFLINE);
      }
      case Adopting _ -> {
        out.add(new Action.CancelCall(r.config.id()));
        verify(BECOME_OFFLINE, firstLook(), r.detail);
      }
      // The find that is under way says whether that is all there is to do.
      case Checking(_, Instant until) ->
          r.enter(new Verifying(BECOME_OFFLINE, firstLook(), until), r.detail, now);
      case Terminating(After.BecomeFailed _, int attempt, Instant until) when forGood ->
          r.enter(new Terminating(BECOME_OFFLINE, attempt, until), r.detail, now);
      case Verifying(After.BecomeFailed _, int attempt, Instant until) when forGood ->
          r.enter(new Verifying(BECOME_OFFLINE, attempt, until), r.detail, now);
      case Failed(String why, _) when forGood -> verify(BECOME_OFFLINE, firstLook(), why);
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  private int firstLook() {
    return r.lives == Lives.ELSEWHERE ? NOTHING_ENDED : 1;
  }

  /** Its plugin cannot be entered, and the service will not wait for that without end. */
  private void givenUp() {
    switch (r.phase()) {
      case Closed(Memory memory, _) -> {
        // Until then it is not opened either; no answer, and it is ended once more.
        r.enter(new Closed(memory, Optional.of(now.plus(END_RETRY))), r.detail, now);
        out.add(new Action.EndProcesses(r.config.id()));
        out.tell(
            Notice.Kind.ENDED_WITHOUT_TYPE,
            r,
            "the service stops, and no monitor can take it offline");
      }
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  /** As far as anybody knows it is Offline: the next monitor looks, as it does after any death. */
  private void processesEnded(Optional<String> standing) {
    switch (r.phase()) {
      case Closed _ when standing.isPresent() -> {
        String why = "could not be ended: " + standing.get();
        r.enter(new Closed(new Failed(why, Optional.empty())), why, now);
        out.tell(Notice.Kind.TERMINATE_FAILED, r, why);
      }
      case Closed _ -> r.enter(new Closed(new Offline()), "", now);
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  private void failNow() {
    switch (r.phase()) {
      case Online _, Changing _ when r.config.common().maintenanceMode() ->
          checked(Health.failed(FAILURE_ASKED_FOR), false);
      case Online _, Changing _ -> failed(FAILURE_ASKED_FOR, FailureReason.OPERATOR, false);
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  /** An operator waits neither for RestartDelay, nor RetryPeriodOnFailure, nor OPEN_RETRY. */
  private void tryNow() {
    Phase phase = r.phase();
    r.enter(
        switch (phase) {
          case Closed(Memory memory, _) -> new Closed(triedNow(memory));
          case Recovering recovering -> recovering.remembering(triedNow(recovering.memory()));
          case Verifying(After after, int attempt, Instant until) ->
              new Verifying(triedNow(after), attempt, until);
          case Memory memory -> triedNow(memory);
          case Checking _, Settling _, Adopting _, Changing _ -> phase;
        },
        r.detail,
        now);
  }

  private Memory triedNow(Memory memory) {
    return switch (memory) {
      case Failed(String why, _) -> new Failed(why, Optional.of(now));
      case Terminating(After after, int attempt, Instant until) ->
          new Terminating(triedNow(after), attempt, until);
      case GoingOffline(OfflineReason reason, After after, Instant until) ->
          new GoingOffline(reason, triedNow(after), until);
      case Offline _, Online _, GoingOnline _ -> memory;
    };
  }

  private After triedNow(After after) {
    return switch (after) {
      case After.BecomeOffline() -> after;
      case After.BecomeFailed(String why, _) -> new After.BecomeFailed(why, Optional.of(now));
    };
  }

  private void pollingChanged() {
    switch (r.phase()) {
      case Online _ -> {
        HealthState health = r.health;
        r.enter(new Online(r.done().reportBy(now)), r.detail, now);
        r.health = health;
        out.add(new Action.StartPolling(r.config.id(), r.epoch));
      }
      case Changing _ -> out.add(new Action.StartPolling(r.config.id(), r.epoch));
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  // ---- properties that can be changed while it is Online -----------------------------------

  private void change(Set<String> what) {
    switch (r.phase()) {
      case Online _ -> startChange(what);
      case Changing changing -> r.enter(changing.then(what), r.detail, now);
      // It counts from the next online on.
      case Resting _, Starting _, Stopping _, Recovering _ -> {}
    }
  }

  private void startChange(Set<String> what) {
    ClusterResource before = r.done();
    Set<String> differing = new TreeSet<>(before.notInEffect());
    differing.retainAll(what);
    if (differing.isEmpty()) {
      return; // Somebody has set what was there before.
    }
    Map<String, List<String>> to = before.withInEffect(differing);
    r.enter(new Changing(differing, to, Set.of(), pending()), r.detail, now);
    Instant limit = now.plus(r.timings.onlineLimit());
    out.add(new Action.Change(r.config.id(), r.epoch, differing, to, limit));
  }

  /** As far as anybody knows what was in effect still is; what is set counts at the next online. */
  private void notChanged(Changing changing, String why) {
    out.tell(Notice.Kind.CHANGE_FAILED, r, why, named(changing));
  }

  private static Map<String, String> named(Changing changing) {
    return Map.of(Notice.PROPERTIES, String.join(", ", new TreeSet<>(changing.what())));
  }

  /** It goes on being Online, as healthy as it was. */
  private void changeIsOver(Changing changing) {
    r.enter(new Online(r.done().reportBy(now)), r.detail, now);
    startChange(changing.next());
    if (r.phase() instanceof Online && r.config.common().maintenanceMode()) {
      // It is not polled, and a process of it may have ended meanwhile.
      call(EntryPoint.IS_ALIVE, deadlock());
    }
  }

  /** It is to be ended, and whatever is being changed is of no use to it. */
  private void cancelChange() {
    if (r.phase() instanceof Changing) {
      out.add(new Action.CancelCall(r.config.id()));
    }
  }

  // ---- time --------------------------------------------------------------------------------

  private void due() {
    if (r.phase().due().filter(moment -> !moment.isAfter(now)).isEmpty()) {
      return;
    }
    CommonProperties common = r.config.common();
    switch (r.phase()) {
      case GoingOnline(_, Instant limit) -> {
        out.add(new Action.CancelCall(r.config.id()));
        boolean pending = limit.isAfter(now);
        String why =
            pending
                ? "online made no progress for PendingTimeout " + text(common.pendingTimeout())
                : "online did not end within its limit of " + text(r.timings.onlineLimit());
        terminate(
            timedOut(
                why,
                pending ? Deadline.PENDING_TIMEOUT : Deadline.ONLINE_LIMIT,
                EntryPoint.ONLINE));
      }
      case GoingOffline(_, After after, _) -> {
        out.add(new Action.CancelCall(r.config.id()));
        out.tell(
            Notice.Kind.OFFLINE_FAILED,
            r,
            "offline made no progress for PendingTimeout " + text(common.pendingTimeout()),
            exceeded(Deadline.PENDING_TIMEOUT, EntryPoint.OFFLINE));
        terminate(after);
      }
      case Settling(_, Instant until) -> {
        if (until.isAfter(now)) {
          stillThere(until);
        } else {
          terminate(
              timedOut(
                  "did not become usable within PendingTimeout " + text(common.pendingTimeout()),
                  Deadline.PENDING_TIMEOUT,
                  EntryPoint.IS_ALIVE));
        }
      }
      case Adopting _ -> {
        out.add(new Action.CancelCall(r.config.id()));
        notAdopted("it made no progress for PendingTimeout " + text(common.pendingTimeout()));
      }
      case Asking(Memory memory, int attempt, _) -> {
        r.enter(new Finding(memory, attempt, deadlock()), r.detail, now);
        call(EntryPoint.FIND, deadlock());
      }
      case Online _ -> {
        deadlocked(EntryPoint.IS_ALIVE);
        r.enter(new Online(r.done().reportBy(now)), r.detail, now);
      }
      case Opening(Memory memory, _) -> {
        deadlocked(EntryPoint.OPEN, "open with its find");
        r.enter(new Opening(memory, deadlock()), r.detail, now);
      }
      case Finding(Memory memory, int attempt, _) -> {
        deadlocked(EntryPoint.FIND);
        r.enter(new Finding(memory, attempt, deadlock()), r.detail, now);
      }
      case Checking(boolean restart, _) -> {
        deadlocked(EntryPoint.FIND);
        r.enter(new Checking(restart, deadlock()), r.detail, now);
      }
      case Verifying(After after, int attempt, _) -> {
        deadlocked(EntryPoint.FIND);
        r.enter(new Verifying(after, attempt, deadlock()), r.detail, now);
      }
      case Terminating(After after, int attempt, _) -> {
        deadlocked(EntryPoint.TERMINATE);
        r.enter(new Terminating(after, attempt + 1, deadlock()), r.detail, now);
      }
      case Changing changing -> {
        out.add(new Action.CancelCall(r.config.id()));
        String why = "it made no progress for PendingTimeout " + text(common.pendingTimeout());
        var details = new HashMap<>(named(changing));
        details.putAll(exceeded(Deadline.PENDING_TIMEOUT, EntryPoint.CHANGED));
        out.tell(Notice.Kind.CHANGE_FAILED, r, why, details);
        r.detail = why;
        changeIsOver(changing);
      }
      // Decisions looks at these two: both need more than the resource itself.
      case Closed _, Failed _ -> {}
      // It waits for nothing.
      case Offline _ -> {}
    }
  }

  /** MSCS event 1230: a call neither returned nor reported; its monitor is replaced. */
  private void deadlocked(EntryPoint entryPoint) {
    deadlocked(entryPoint, entryPoint.toString());
  }

  private void deadlocked(EntryPoint entryPoint, String call) {
    String why =
        call
            + " neither returned nor reported for DeadlockTimeout "
            + text(r.config.common().deadlockTimeout());
    out.tell(Notice.Kind.DEADLOCK, r, why, exceeded(Deadline.DEADLOCK_TIMEOUT, entryPoint));
    out.kill(r.openIn.orElse(r.config.monitor()), r.config.name() + ": " + why);
  }

  // ---- steps -------------------------------------------------------------------------------

  private void goOnline(boolean seenGone, boolean restart) {
    if (seenGone) {
      startOnline(restart);
      return;
    }
    r.enter(new Checking(restart, deadlock()), r.detail, now);
    call(EntryPoint.FIND, deadlock());
  }

  private void startOnline(boolean restart) {
    if (restart) {
      r.restarts++;
    }
    r.putAllInEffect();
    r.epoch++;
    Instant limit = now.plus(r.timings.onlineLimit());
    r.enter(new GoingOnline(pending(), limit), "", now);
    call(EntryPoint.ONLINE, limit);
  }

  private void enterOnline(String detail) {
    r.enter(new Online(r.done().reportBy(now)), detail, now);
    r.health = detail.isEmpty() ? HealthState.ALIVE : HealthState.DEGRADED;
    out.add(new Action.StartPolling(r.config.id(), r.epoch));
  }

  private void startOffline(OfflineReason reason, After after) {
    Instant pending = pending();
    r.enter(new GoingOffline(reason, after, pending), "", now);
    out.add(
        new Action.Call(r.config.id(), r.epoch, EntryPoint.OFFLINE, pending, Optional.of(reason)));
  }

  private void terminate(After after) {
    terminate(after, 1, "");
  }

  /**
   * Terminates it, unless that was tried often enough.
   *
   * @param because why it is not known to be gone
   */
  private void terminate(After after, int attempt, String because) {
    if (attempt <= TERMINATE_ATTEMPTS_MAX) {
      r.enter(new Terminating(after, attempt, deadlock()), detailOf(after), now);
      call(EntryPoint.TERMINATE, deadlock());
    } else {
      String why = because + " (terminated " + TERMINATE_ATTEMPTS_MAX + " times)";
      block(why, retryAt(after));
      out.tell(Notice.Kind.TERMINATE_FAILED, r, why);
    }
  }

  private void verify(After after, int attempt) {
    verify(after, attempt, detailOf(after));
  }

  private void verify(After after, int attempt, String detail) {
    r.enter(new Verifying(after, attempt, deadlock()), detail, now);
    call(EntryPoint.FIND, deadlock());
  }

  private void settle(After after) {
    if (r.lives == Lives.ELSEWHERE) {
      out.add(new Action.ReleaseExternals(r.config.id()));
    }
    r.putAllInEffect();
    switch (after) {
      case After.BecomeOffline() -> r.enter(new Offline(), "", now);
      case After.BecomeFailed(String why, Optional<Instant> retryAt) ->
          r.enter(new Failed(why, retryAt), why, now);
    }
  }

  private After fail(String why, FailureReason reason) {
    return fail(why, reason, ResourceException.Retry.HERE);
  }

  private After fail(String why, FailureReason reason, ResourceException.Retry retry) {
    return fail(why, retry, Map.of(Notice.REASON, reason.toString()));
  }

  private After timedOut(String why, Deadline deadline, EntryPoint entryPoint) {
    return fail(
        why,
        ResourceException.Retry.HERE,
        Map.of(
            Notice.REASON,
            FailureReason.TIMEOUT.toString(),
            Notice.DEADLINE,
            deadline.toString(),
            Notice.ENTRY_POINT,
            entryPoint.name()));
  }

  private static Map<String, String> exceeded(Deadline deadline, EntryPoint entryPoint) {
    return Map.of(Notice.DEADLINE, deadline.toString(), Notice.ENTRY_POINT, entryPoint.name());
  }

  /** Counts a failure, tells of it, and decides what it leads to. */
  private After fail(String why, ResourceException.Retry retry, Map<String, String> details) {
    CommonProperties common = r.config.common();
    RestartPolicy policy = common.restart();
    r.failures = r.failures.plus(now, policy.period());
    int count = r.failures.count(now, policy.period());
    out.tell(Notice.Kind.RESOURCE_FAILED, r, why, details);
    if (retry != ResourceException.Retry.HERE) {
      return new After.BecomeFailed(why + "; trying again here makes no sense", Optional.empty());
    }
    return switch (policy.decide(count)) {
      case RestartPolicy.Decision.Restart(Duration delay, int attempt, int threshold) -> {
        out.tell(
            Notice.Kind.RESTART_SCHEDULED,
            r,
            threshold == RestartPolicy.WITHOUT_END
                ? "restart %d (RestartThreshold without end)".formatted(attempt)
                : "restart %d of %d (RestartThreshold %d in RestartPeriod %s)"
                    .formatted(attempt, threshold, threshold, text(policy.period())));
        yield new After.BecomeFailed(why, Optional.of(now.plus(delay)));
      }
      case RestartPolicy.Decision.AffectGroup(Optional<Duration> again) -> {
        out.tell(
            Notice.Kind.GROUP_NOT_ONLINE,
            r,
            "RestartThreshold "
                + policy.threshold()
                + " exceeded, and no other node can take the group");
        yield new After.BecomeFailed(why, again.map(now::plus));
      }
      case RestartPolicy.Decision.StayFailed(String because, Optional<Duration> again) ->
          new After.BecomeFailed(why + "; " + because, again.map(now::plus));
    };
  }

  private void call(EntryPoint entryPoint, Instant deadline) {
    out.add(new Action.Call(r.config.id(), r.epoch, entryPoint, deadline, Optional.empty()));
  }

  private Instant deadlock() {
    return now.plus(r.config.common().deadlockTimeout());
  }

  private Instant pending() {
    return now.plus(r.config.common().pendingTimeout());
  }

  private static String detailOf(After after) {
    return switch (after) {
      case After.BecomeOffline() -> "";
      case After.BecomeFailed(String why, _) -> why;
    };
  }

  /** A duration as people write it: 30s, 15m, 500ms. */
  static String text(Duration duration) {
    long millis = duration.toMillis();
    for (var unit : List.of("3600000h", "60000m", "1000s")) {
      long size = Long.parseLong(unit.substring(0, unit.length() - 1));
      if (millis > 0 && millis % size == 0) {
        return millis / size + unit.substring(unit.length() - 1);
      }
    }
    return millis + "ms";
  }
}
