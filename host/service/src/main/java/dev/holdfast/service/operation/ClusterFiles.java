package dev.holdfast.service.operation;

import com.google.common.collect.ImmutableMap;
import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.Requests;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.ClusterFileApi;
import dev.holdfast.service.api.ClusterPlanView;
import dev.holdfast.service.api.Narration;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.checkpoint.CheckpointDesk;
import dev.holdfast.service.cluster.ClusterLoop;
import dev.holdfast.service.clusterfile.Exporter;
import dev.holdfast.service.clusterfile.FileSchema;
import dev.holdfast.service.clusterfile.NewIds;
import dev.holdfast.service.clusterfile.Plan;
import dev.holdfast.service.clusterfile.PlanWords;
import dev.holdfast.service.clusterfile.Planner;
import dev.holdfast.service.clusterfile.Problems;
import dev.holdfast.service.clusterfile.Step;
import dev.holdfast.service.type.PropertyText;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Takes whole clusters as documents, and gives them. A document is planned and checked here; {@link
 * ApplySteps} carries it out. Thread-safe.
 */
final class ClusterFiles implements ClusterFileApi {
  private final ClusterLoop loop;
  private final Operations operations;
  private final CheckpointDesk checkpoints;
  private final Checks checks;
  private final InstantSource clock;
  private final Supplier<UUID> ids;
  private final LongSupplier revision;
  private final Executor executor;
  private final Turns turns = new Turns();

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
    long turn = turns.take();
    boolean begun = false;
    try {
      Plan plan = checked(planner);
      ClusterState before = loop.state();
      ClusterState after = before;
      if (!plan.isEmpty()) {
        after = checks.decide(state -> first(planner, plan, state));
        turns.use(turn);
      }
      Operation operation = operations.begin("apply a cluster file of " + asker.user());
      var steps =
          new ApplySteps(
              loop,
              operations,
              checkpoints,
              checks,
              clock,
              turns,
              turn,
              operation,
              plan,
              withNew(before, after),
              changing(plan, before),
              caller);
      executor.execute(steps);
      begun = true;
      return operation;
    } finally {
      if (!begun) {
        turns.release(turn);
      }
    }
  }

  /** What this plan sets that is put in effect while a resource is Online. */
  private static List<Goal.InEffect> changing(Plan plan, ClusterState before) {
    List<Goal.InEffect> changing = new ArrayList<>();
    for (ClusterEvent event : plan.configuration()) {
      if (event instanceof ClusterEvent.PropertiesSet set) {
        Optional.ofNullable(before.resources().get(set.resource()))
            .filter(ClusterResource::isUsable)
            .map(resource -> changeable(before, resource, set.properties()))
            .filter(names -> !names.isEmpty())
            .ifPresent(names -> changing.add(new Goal.InEffect(set.resource(), names)));
      }
    }
    return changing;
  }

  private static Set<String> changeable(
      ClusterState state, ClusterResource resource, Map<String, List<String>> properties) {
    Set<String> names = ClusterResource.differing(resource.config().properties(), properties);
    return state
        .findType(resource.config().type())
        .map(type -> Requests.changeable(type.version().description(), names))
        .orElse(Set.of());
  }

  private Planner planner(Map<String, Object> document, boolean prune) {
    return Planner.of(document, prune, checkpoints, new NewIds(ids));
  }

  // ---- before anything is changed --------------------------------------------------------------

  /** A plan that also those agree with who take their time to ask. */
  private Plan checked(Planner planner) {
    Plan plan = planner.plan(loop.state());
    var problems = new Problems();
    Set<Question> right = new HashSet<>();
    for (Plan.Asked asked : plan.asked()) {
      var question = new Question(asked.type(), asked.checked());
      if (!right.contains(question)) {
        try {
          checks.properties(asked);
          right.add(question);
        } catch (ApiException.Invalid refused) {
          tell(problems, asked, refused);
        }
      }
    }
    Map<ClusterPlanView.Change, String> notes = new HashMap<>();
    for (Plan.Added added : plan.added()) {
      try {
        List<String> told =
            checkpoints.requireAddable(
                added.resource(), added.name(), added.checkpoint().subject());
        if (!told.isEmpty()) {
          notes.put(added.change(), String.join("; ", told));
        }
      } catch (ApiException refused) {
        problems.add(added.checkpoint().pointer(), refused.getMessage());
      }
    }
    problems.refuse();
    permit(plan, loop.state());
    return plan.noted(notes);
  }

  /** What a type is asked; the same is asked once. */
  private record Question(TypeRegistration type, PropertyText.Checked checked) {}

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
    for (ClusterPlanView.Change change : plan.changes()) {
      operation.narrate(
          new Narration(clock.instant(), PlanWords.subject(change), PlanWords.wouldBe(change)));
    }
    operations.done(operation, "nothing was changed");
    return operation;
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

  private List<ClusterEvent> first(Planner planner, Plan plan, ClusterState state) {
    if (!planner.plan(state).doesTheSameAs(plan)) {
      throw new ApiException.Conflict(
          "ChangedMeanwhile",
          null,
          "Somebody changed the cluster while the file was being checked; nothing was changed. Look"
              + " with holdfast diff, and apply again.");
    }
    permit(plan, state);
    return plan.events(plan.atOnce());
  }

  /** All that the plan does later is looked at before anything is done. */
  private void permit(Plan plan, ClusterState state) {
    ApplySteps.permit(checks, plan, EnumSet.allOf(Step.class), state);
  }
}
