package dev.holdfast.service.operation;

import com.google.common.collect.ImmutableMap;
import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.ClusterFileApi;
import dev.holdfast.service.api.ClusterPlanView;
import dev.holdfast.service.api.Narration;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.api.Outcome;
import dev.holdfast.service.checkpoint.CheckpointDesk;
import dev.holdfast.service.cluster.ClusterLoop;
import dev.holdfast.service.clusterfile.Exporter;
import dev.holdfast.service.clusterfile.FileSchema;
import dev.holdfast.service.clusterfile.NewIds;
import dev.holdfast.service.clusterfile.Plan;
import dev.holdfast.service.clusterfile.PlanWords;
import dev.holdfast.service.clusterfile.Planner;
import dev.holdfast.service.clusterfile.Problems;
import dev.holdfast.service.type.PropertyText;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what a document changes:
 *
 * <pre>
 *   1  plan; ask types about properties; read what is to be checkpointed    nothing is changed
 *   2  plan again on the deciding thread: the same, or a conflict
 *      groups, resources, properties, dependencies, deletions               one commit
 *   3  checkpoints: each durable with its first generation
 *   4  wanted Online, wanted Offline                                        one commit
 *      (with 2, where there is no 3)
 *   5  what is to be deleted is Offline: its deletion                       one commit
 *   6  all is Online or Offline that is to be
 * </pre>
 *
 * <p>Each step leaves a cluster from which the same document leads to the same end, so that whoever
 * is cut off applies it again. One document at a time, up to step 5. Thread-safe.
 */
final class ClusterFiles implements ClusterFileApi {
  /** How often a wait for something else looks whether it was told something. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final ClusterLoop loop;
  private final Operations operations;
  private final CheckpointDesk checkpoints;
  private final Checks checks;
  private final InstantSource clock;
  private final Supplier<UUID> ids;
  private final LongSupplier revision;
  private final Executor executor;

  /** What is being applied; empty for nothing. */
  private final AtomicReference<String> applying = new AtomicReference<>("");

  /** What a command would be refused for. */
  interface Checks {
    /** Has a type's code look at properties; throws what it has against them. */
    void properties(Plan.Asked asked);

    void online(ClusterState state, ClusterResource resource);

    void offline(ClusterState state, ClusterResource resource);

    void delete(ClusterResource resource);

    /** Decides what follows from the newest state; the state after it, once that is durable. */
    ClusterState decide(Function<ClusterState, List<ClusterEvent>> check);
  }

  ClusterFiles(
      ClusterLoop loop,
      Operations operations,
      CheckpointDesk checkpoints,
      Checks checks,
      InstantSource clock,
      Supplier<UUID> ids,
      LongSupplier revision,
      Executor executor) {
    this.loop = loop;
    this.operations = operations;
    this.checkpoints = checkpoints;
    this.checks = checks;
    this.clock = clock;
    this.ids = ids;
    this.revision = revision;
    this.executor = executor;
  }

  @Override
  public Map<String, Object> export() {
    return Exporter.export(loop.state(), checkpoints);
  }

  @Override
  public Map<String, Object> schema() {
    return FileSchema.of(loop.state().types().values());
  }

  @Override
  public ClusterPlanView diff(Map<String, Object> document, boolean prune) {
    long at = revision.getAsLong();
    return checked(planner(document, prune)).view(at);
  }

  @Override
  public Operation apply(Map<String, Object> document, boolean prune, Caller caller, Asker asker) {
    Planner planner = planner(document, prune);
    if (asker.dryRun()) {
      return dryRun(checked(planner));
    }
    String what = "apply a cluster file of " + asker.user();
    String other = applying.compareAndExchange("", what);
    if (!other.isEmpty()) {
      throw new ApiException.Conflict(
          "ApplyRunning",
          null,
          "Another cluster file is being applied; nothing was changed. Wait for its end, look with"
              + " holdfast diff, and apply again.");
    }
    boolean begun = false;
    try {
      Plan plan = checked(planner);
      if (plan.isEmpty()) {
        Operation operation = operations.begin(what);
        operations.done(operation, "nothing to change");
        return operation;
      }
      boolean withWanted = !plan.hasCheckpoints();
      ClusterState before = loop.state();
      ClusterState after = checks.decide(state -> configuration(planner, plan, state, withWanted));
      Operation operation = operations.begin(what);
      tell(operation, plan.changes(), "");
      ClusterState known = withNew(before, after);
      executor.execute(() -> follow(operation, plan, known, withWanted, caller));
      begun = true;
      return operation;
    } finally {
      if (!begun) {
        applying.set("");
      }
    }
  }

  private Planner planner(Map<String, Object> document, boolean prune) {
    return Planner.of(document, prune, checkpoints, new NewIds(ids));
  }

  // ---- before anything is changed --------------------------------------------------------------

  /** A plan that also those agree with who take their time to ask. */
  private Plan checked(Planner planner) {
    Plan plan = planner.plan(loop.state());
    var problems = new Problems();
    Set<PropertyText.Checked> right = new HashSet<>();
    for (Plan.Asked asked : plan.asked()) {
      if (!right.contains(asked.checked())) {
        try {
          checks.properties(asked);
          right.add(asked.checked());
        } catch (ApiException.Invalid refused) {
          tell(problems, asked, refused);
        }
      }
    }
    for (Plan.Added added : plan.added()) {
      try {
        checkpoints.requireAddable(added.resource(), added.name(), added.checkpoint().subject());
      } catch (ApiException refused) {
        problems.add(added.checkpoint().pointer(), refused.getMessage());
      }
    }
    problems.refuse();
    return plan;
  }

  private static void tell(Problems problems, Plan.Asked asked, ApiException.Invalid refused) {
    refused
        .problems()
        .forEach(
            problem ->
                problems.add(
                    problem.property() == null
                        ? asked.resource().pointer()
                        : asked.resource().atProperty(problem.property()),
                    problem.property(),
                    problem.message()));
  }

  private Operation dryRun(Plan plan) {
    Operation operation = operations.begin("dry run: apply a cluster file");
    tell(operation, plan.changes(), "would be ");
    operations.done(operation, "nothing was changed");
    return operation;
  }

  private void tell(Operation operation, List<ClusterPlanView.Change> changes, String would) {
    for (ClusterPlanView.Change change : changes) {
      operation.narrate(
          new Narration(
              clock.instant(), PlanWords.subject(change), would + PlanWords.words(change)));
    }
  }

  /** What was there before, and what is new as it was created: its changes are told from there. */
  private static ClusterState withNew(ClusterState before, ClusterState after) {
    ImmutableMap.Builder<ResourceId, ClusterResource> resources = ImmutableMap.builder();
    after
        .resources()
        .forEach(
            (id, resource) -> {
              ClusterResource known = before.resources().get(id);
              resources.put(id, known == null ? resource : known);
            });
    return new ClusterState(
        after.mode(),
        after.groups(),
        after.types(),
        after.typeProblems(),
        resources.build(),
        after.monitors());
  }

  // ---- what is changed -------------------------------------------------------------------------

  private List<ClusterEvent> configuration(
      Planner planner, Plan plan, ClusterState state, boolean withWanted) {
    if (!planner.plan(state).doesTheSameAs(plan)) {
      throw new ApiException.Conflict(
          "ChangedMeanwhile",
          null,
          "Somebody changed the cluster while the file was being checked; nothing was changed. Look"
              + " with holdfast diff, and apply again.");
    }
    requireWanted(plan, state);
    for (ClusterEvent event : plan.configuration()) {
      if (event instanceof ClusterEvent.ResourceDeleted(ResourceId id)) {
        find(state, id).forEach(checks::delete);
      }
    }
    List<ClusterEvent> events = new ArrayList<>(plan.configuration());
    if (withWanted && plan.hasWanted()) {
      events.addAll(plan.wanted());
    }
    return events;
  }

  /** What holds an online or offline up at the prompt does here, too, before anything is done. */
  private void requireWanted(Plan plan, ClusterState state) {
    for (ResourceId id : plan.online()) {
      find(state, id).forEach(resource -> checks.online(state, resource));
    }
    for (ResourceId id : plan.offline()) {
      find(state, id).forEach(resource -> checks.offline(state, resource));
    }
  }

  private static List<ClusterResource> find(ClusterState state, ResourceId id) {
    ClusterResource resource = state.resources().get(id);
    return resource == null ? List.of() : List.of(resource);
  }

  private void follow(
      Operation operation, Plan plan, ClusterState before, boolean wantedIsDone, Caller caller) {
    try {
      try {
        keep(plan, caller);
        if (!wantedIsDone && plan.hasWanted()) {
          var _ =
              checks.decide(
                  state -> {
                    requireWanted(plan, state);
                    return plan.wanted();
                  });
        }
        if (!plan.deletion().isEmpty()) {
          await(operation, new Goal.AllOffline(plan.offline()), before);
          var _ = checks.decide(state -> deletion(plan, state));
        }
      } finally {
        applying.set("");
      }
      await(operation, new Goal.Settled(plan.settling(), remaining(plan)), before);
      operations.done(operation, PlanWords.summary(plan));
    } catch (ApiException refused) {
      operations.failed(operation, refused, concerned(plan), loop.state());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      operations.failed(
          operation,
          new ApiException.Unreachable("Stopping", "The service is stopping."),
          concerned(plan),
          loop.state());
    } catch (RuntimeException bug) {
      operations.failed(
          operation,
          new ApiException.Internal(
              "Internal", "The cluster service failed: " + bug.getMessage(), bug),
          concerned(plan),
          loop.state());
    }
  }

  private static Set<ResourceId> concerned(Plan plan) {
    Set<ResourceId> all = new LinkedHashSet<>(plan.settling());
    all.addAll(plan.offline());
    return all;
  }

  /** What is wanted Offline and was not deleted. */
  private Set<ResourceId> remaining(Plan plan) {
    Set<ResourceId> remaining = new LinkedHashSet<>(plan.offline());
    remaining.retainAll(loop.state().resources().keySet());
    return remaining;
  }

  /** All checkpoints that can be, and then what stood in the way of the first that could not. */
  private void keep(Plan plan, Caller caller) {
    List<ApiException> refusals = new ArrayList<>();
    for (Plan.Added added : plan.added()) {
      attempt(
          refusals,
          () -> {
            var _ =
                checkpoints.add(
                    caller, added.resource().toString(), added.checkpoint().wanted(), false);
          });
    }
    for (Plan.Configured configured : plan.configured()) {
      attempt(
          refusals,
          () ->
              checkpoints.of(configured.resource()).stream()
                  .filter(each -> each.id().number() == configured.number())
                  .forEach(each -> checkpoints.configure(each, configured.settings())));
    }
    for (Plan.Removed removed : plan.removed()) {
      attempt(
          refusals,
          () -> {
            var _ = checkpoints.remove(removed.resource().toString(), removed.number(), false);
          });
    }
    if (!refusals.isEmpty()) {
      ApiException first = refusals.getFirst();
      throw new ApiException.Failed(
          first.code(),
          first.resource().orElse(null),
          "%s The rest of the file's configuration was written, and nothing was brought online or taken offline; mend that, and apply the file again."
              .formatted(first.getMessage()),
          first);
    }
  }

  private static void attempt(List<ApiException> refusals, Runnable step) {
    try {
      step.run();
    } catch (ApiException refused) {
      refusals.add(refused);
    }
  }

  private List<ClusterEvent> deletion(Plan plan, ClusterState state) {
    List<ClusterEvent> events = new ArrayList<>();
    for (ClusterEvent event : plan.deletion()) {
      switch (event) {
        case ClusterEvent.ResourceDeleted(ResourceId id) -> {
          for (ClusterResource resource : find(state, id)) {
            if (resource.isActive()) {
              throw new ApiException.Conflict(
                  "NotDeletable",
                  resource.config().name(),
                  "%s is %s again and was not deleted; apply the file again."
                      .formatted(resource.config().name(), resource.state()));
            }
            checks.delete(resource);
            events.add(event);
          }
        }
        case ClusterEvent.GroupDeleted deleted -> events.add(deleted);
        default -> throw new IllegalStateException("a deletion is not " + event);
      }
    }
    return events;
  }

  /**
   * Waits for a goal, in an operation of its own whose words are this one's.
   *
   * @throws ApiException it was missed
   */
  private void await(Operation operation, Goal goal, ClusterState before)
      throws InterruptedException {
    if (goal.resources().isEmpty()) {
      return;
    }
    var part = new Operation(operation.id(), operation.what(), operation.started());
    operations.await(part, goal, before, loop::state);
    int told = 0;
    @Nullable Outcome outcome = null;
    while (outcome == null) {
      outcome = part.outcome().orElse(null);
      List<Narration> lines = part.awaitLines(told, outcome == null ? LOOK : Duration.ZERO);
      lines.forEach(operation::narrate);
      told += lines.size();
    }
    if (outcome instanceof Outcome.Failed failed) {
      throw failed.refusal();
    }
  }
}
