package dev.holdfast.service.checkpoint;

import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.Checkpoints;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.service.api.ShellWord;
import dev.holdfast.service.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Says what somebody should know who changes what is checkpointed. Thread-safe. */
public final class EditAdvisor {
  private final Checkpoints checkpoints;
  private final Registry registry;
  private final Supplier<ClusterState> states;
  private volatile @Nullable Inactive inactive;

  /** Those that are not active: most are, and nothing of theirs need be looked up. */
  private record Inactive(ClusterState in, List<ClusterResource> resources) {}

  /**
   * @param states the newest state of the cluster
   */
  public EditAdvisor(Checkpoints checkpoints, Registry registry, Supplier<ClusterState> states) {
    this.checkpoints = checkpoints;
    this.registry = registry;
    this.states = states;
  }

  /**
   * What somebody should know who changes keys: an offline resource does not get to see it
   * (Q174070).
   *
   * @param keys from HKLM on, links followed
   */
  public List<String> adviceOnChange(Set<KeyPath> keys) {
    List<String> advice = new ArrayList<>();
    for (ClusterResource resource : inactive()) {
      checkpoints.store().of(resource.id().toString()).stream()
          .filter(each -> isOfAny(each, keys))
          .map(each -> advice(each, resource))
          .forEach(advice::add);
    }
    return advice;
  }

  /** Found once for each state: there are many changes of keys between two of those. */
  @SuppressWarnings("ReferenceEquality") // Whether it is another object is all that is asked.
  private List<ClusterResource> inactive() {
    ClusterState now = states.get();
    Inactive known = inactive;
    if (known == null || known.in() != now) {
      known =
          new Inactive(
              now,
              now.resources().values().stream().filter(resource -> !resource.isActive()).toList());
      inactive = known;
    }
    return known.resources();
  }

  private boolean isOfAny(Checkpoint checkpoint, Set<KeyPath> keys) {
    if (checkpoint.subject().kind() != Subject.Kind.REGISTRY) {
      return false;
    }
    KeyPath top = registry.resolved(checkpoint.subject().path());
    return keys.stream().anyMatch(key -> key.isWithin(top));
  }

  private static String advice(Checkpoint checkpoint, ClusterResource resource) {
    String name = resource.config().name();
    String outcome =
        switch (checkpoint.settings().onDrift()) {
          case RESTORE -> "overwritten when it goes online (Q174070)";
          case ADOPT -> "adopted when it goes online";
          case REFUSE -> "what keeps it from going online until somebody decides";
        };
    return "this is checkpoint %d of %s, which is %s: the change will be %s; to keep it: holdfast checkpoint save %s %d"
        .formatted(
            checkpoint.id().number(),
            name,
            resource.state(),
            outcome,
            ShellWord.of(name),
            checkpoint.id().number());
  }
}
