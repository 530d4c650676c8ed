package dev.holdfast.service.operation;

import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.ClusterPlanView.Change;
import dev.holdfast.service.api.Narration;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.api.Outcome;
import dev.holdfast.service.checkpoint.CheckpointDesk;
import dev.holdfast.service.cluster.ClusterLoop;
import dev.holdfast.service.clusterfile.Plan;
import dev.holdfast.service.clusterfile.PlanWords;
import dev.holdfast.service.clusterfile.Step;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries out one plan, from its first commit on:
 *
 * <pre>
 *   1  plan; ask types about properties; read what is to be checkpointed     nothing is changed
 *   2  plan again on the deciding thread: the same, or a conflict
 *      groups, new resources, properties                                     one commit
 *   3  checkpoints: each durable with its first generation
 *   4  groups and dependencies of what was there; wanted Offline             one commit
 *      (with 2, where there is no 3)
 *   5  what is to be deleted is Offline: deletions, wanted Online            one commit
 *      (with 4, where nothing of it runs)
 *   6  all is Online or Offline that is to be; what could be changed while it ran is in effect
 * </pre>
 *
 * <p>Each step leaves a cluster from which the same document leads to the same end, so that whoever
 * is cut off applies it again. Each is checked once more on the deciding thread, because commands
 * go on in between; each is told when it is done. For one thread.
 */
final class ApplySteps implements Runnable {
  /** How often a wait for something else looks whether it was told something. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final ClusterLoop loop;
  private final Operations operations;
  private final CheckpointDesk checkpoints;
  private final ClusterFiles.Checks checks;
  private final InstantSource clock;
  private final Turns turns;
  private final long turn;
  private final Operation operation;
  private final Plan plan;
  private final Caller caller;

  private final List<Goal.InEffect> changing;

  /** What is told of resources is told from there on. */
  private ClusterState told;

  /**
   * Of a plan whose first commit is durable.
   *
   * @param before what of resources is told from there on
   * @param changing what it set that is put in effect while a resource is Online
   */
  ApplySteps(
      ClusterLoop loop,
      Operations operations,
      CheckpointDesk checkpoints,
      ClusterFiles.Checks checks,
      InstantSource clock,
      Turns turns,
      long turn,
      Operation operation,
      Plan plan,
      ClusterState before,
      List<Goal.InEffect> changing,
      Caller caller) {
    this.loop = loop;
    this.operations = operations;
    this.checkpoints = checkpoints;
    this.checks = checks;
    this.clock = clock;
    this.turns = turns;
    this.turn = turn;
    this.operation = operation;
    this.plan = plan;
    this.told = before;
    this.changing = List.copyOf(changing);
    this.caller = caller;
  }

  /**
   * What holds an online, an offline or a deletion up at the prompt does here, too.
   *
   * @throws ApiException something does
   */
  static void permit(ClusterFiles.Checks checks, Plan plan, Set<Step> steps, ClusterState state) {
    if (steps.contains(Step.DOWN)) {
      find(state, plan.offline()).forEach(resource -> checks.offline(state, resource));
    }
    if (steps.contains(Step.UP)) {
      find(state, plan.deleted()).forEach(checks::delete);
      find(state, plan.online()).forEach(resource -> checks.online(state, resource));
    }
  }

  private static List<ClusterResource> find(ClusterState state, Set<ResourceId> ids) {
    return ids.stream()
        .flatMap(id -> Optional.ofNullable(state.resources().get(id)).stream())
        .toList();
  }

  @Override
  public void run() {
    try {
      try {
        change();
      } finally {
        turns.release(turn);
      }
      await(new Goal.Settled(plan.settling(), remaining()));
      for (Goal.InEffect each : changing) {
        await(each);
      }
      operations.done(operation, PlanWords.summary(plan));
    } catch (ApiException refused) {
      fail(refused);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(new ApiException.Unreachable("Stopping", "The service is stopping."));
    } catch (RuntimeException bug) {
      fail(
          new ApiException.Internal(
              "Internal", "The cluster service failed: " + bug.getMessage(), bug));
    }
  }

  private void fail(ApiException refusal) {
    Set<ResourceId> concerned = new LinkedHashSet<>(plan.settling());
    concerned.addAll(plan.offline());
    changing.forEach(each -> concerned.addAll(each.resources()));
    operations.failed(operation, refusal, concerned, loop.state());
  }

  private void change() throws InterruptedException {
    Set<Step> first = plan.atOnce();
    tell(first);
    keep();
    if (plan.deletesWhatRuns()) {
      if (!first.contains(Step.DOWN)) {
        commit(EnumSet.of(Step.DOWN));
      }
      awaitOffline();
      commit(EnumSet.of(Step.UP));
    } else if (!first.contains(Step.DOWN)) {
      commit(EnumSet.of(Step.DOWN, Step.UP));
    }
  }

  private void commit(Set<Step> steps) {
    List<ClusterEvent> events = plan.events(steps);
    if (!events.isEmpty()) {
      var _ =
          checks.decide(
              state -> {
                permit(checks, plan, steps, state);
                Soundness.require(state, events);
                return events;
              });
      tell(steps);
    }
  }

  /** Nobody else need wait for that: it may take long, and what follows is checked again. */
  private void awaitOffline() throws InterruptedException {
    turns.release(turn);
    await(new Goal.AllOffline(plan.offline()));
    turns.resume(turn);
    told = loop.state();
  }

  /** What is wanted Offline and was not deleted. */
  private Set<ResourceId> remaining() {
    Set<ResourceId> remaining = new LinkedHashSet<>(plan.offline());
    remaining.retainAll(loop.state().resources().keySet());
    return remaining;
  }

  // ---- checkpoints -----------------------------------------------------------------------------

  /**
   * All checkpoints that can be, and then what stood in the way of the first that could not. None
   * is removed then: the new one may be there in its place.
   */
  private void keep() {
    List<ApiException> refusals = new ArrayList<>();
    for (Plan.Added added : plan.added()) {
      attempt(
          refusals,
          added.change(),
          () ->
              checkpoints
                  .add(caller, added.resource().toString(), added.checkpoint().wanted(), false)
                  .notes());
    }
    for (Plan.Configured configured : plan.configured()) {
      attempt(
          refusals,
          configured.change(),
          () -> {
            checkpoints.of(configured.resource()).stream()
                .filter(each -> each.id().number() == configured.number())
                .forEach(each -> checkpoints.configure(each, configured.settings()));
            return List.of();
          });
    }
    if (refusals.isEmpty()) {
      for (Plan.Removed removed : plan.removed()) {
        attempt(
            refusals,
            removed.change(),
            () -> {
              var _ = checkpoints.remove(removed.resource().toString(), removed.number(), false);
              return List.of();
            });
      }
    }
    if (!refusals.isEmpty()) {
      ApiException first = refusals.getFirst();
      throw new ApiException.Failed(
          first.code(),
          first.resource().orElse(null),
          "%s Groups, new resources and properties were written; nothing was deleted, brought online or taken offline, and what was there before depends on what it did. Mend that, and apply the file again."
              .formatted(first.getMessage()),
          first);
    }
  }

  private void attempt(List<ApiException> refusals, Change change, Supplier<List<String>> deed) {
    try {
      List<String> notes = deed.get();
      narrate(change, PlanWords.words(change));
      notes.forEach(note -> narrate(change, "note: " + note));
    } catch (ApiException refused) {
      refusals.add(refused);
    }
  }

  // ---- what is told ----------------------------------------------------------------------------

  /** Checkpoints are told one by one. */
  private void tell(Set<Step> steps) {
    for (Change change : plan.changes()) {
      Step.part(change, steps).ifPresent(part -> narrate(part, PlanWords.words(part)));
    }
  }

  private void narrate(Change change, String words) {
    operation.narrate(new Narration(clock.instant(), PlanWords.subject(change), words));
  }

  /**
   * Waits for a goal, in an operation of its own whose words are this one's.
   *
   * @throws ApiException it was missed
   */
  private void await(Goal goal) throws InterruptedException {
    if (goal.resources().isEmpty()) {
      return;
    }
    var part = new Operation(operation.id(), operation.what(), operation.started());
    operations.await(part, goal, told, loop::state);
    int read = 0;
    @Nullable Outcome outcome = null;
    while (outcome == null) {
      outcome = part.outcome().orElse(null);
      List<Narration> lines = part.awaitLines(read, outcome == null ? LOOK : Duration.ZERO);
      lines.forEach(operation::narrate);
      read += lines.size();
    }
    if (outcome instanceof Outcome.Failed failed) {
      throw failed.refusal();
    }
  }
}
