package dev.holdfast.service.operation;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.ResourceState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an operation waits for. */
sealed interface Goal {
  /** A retry that lies further ahead than this is not waited for. */
  Duration RETRY_WAIT_MAX = Duration.ofMinutes(1);

  /** How far it has come. */
  sealed interface Progress {
    record Underway() implements Progress {}

    record Reached(String message) implements Progress {}

    record Missed(String resource, String message) implements Progress {}

    /** It will not come to it: somebody wanted something else meanwhile. */
    record Superseded(@Nullable String resource, String message) implements Progress {}
  }

  /** The resources whose changes it tells of. */
  Set<ResourceId> resources();

  Progress look(ClusterState state, Instant now);

  /** All of these Online. */
  record AllOnline(Set<ResourceId> resources) implements Goal {
    public AllOnline {
      resources = Set.copyOf(resources);
    }

    @Override
    public Progress look(ClusterState state, Instant now) {
      List<ClusterResource> left = found(state, resources);
      if (left.size() < resources.size()) {
        return new Progress.Superseded(null, "what was to be Online was deleted meanwhile");
      }
      long online =
          left.stream().filter(r -> r.state() == ResourceState.ONLINE && !r.bounce()).count();
      if (online == left.size()) {
        return new Progress.Reached("Online " + online + "/" + left.size());
      }
      if (state.mode() == ClusterState.Mode.STOPPING) {
        return new Progress.Superseded(null, "the cluster service takes everything offline");
      }
      return left.stream()
          .filter(resource -> !resource.config().wantedOnline())
          .findFirst()
          .<Progress>map(
              resource -> superseded(resource, " is wanted Offline by somebody else meanwhile"))
          .or(
              () ->
                  left.stream()
                      .filter(resource -> isGivenUp(resource, now))
                      .findFirst()
                      .map(Goal::missed))
          .orElseGet(Progress.Underway::new);
    }

    private static boolean isGivenUp(ClusterResource resource, Instant now) {
      return resource.phase() instanceof Phase.Failed(_, Optional<Instant> retryAt)
          && (resource.foreign()
              || retryAt.filter(retry -> retry.isBefore(now.plus(RETRY_WAIT_MAX))).isEmpty());
    }
  }

  /** All of these Offline. */
  record AllOffline(Set<ResourceId> resources) implements Goal {
    public AllOffline {
      resources = Set.copyOf(resources);
    }

    @Override
    public Progress look(ClusterState state, Instant now) {
      List<ClusterResource> left = found(state, resources);
      long offline = left.stream().filter(r -> r.state() == ResourceState.OFFLINE).count();
      if (offline == left.size()) {
        return new Progress.Reached("Offline " + offline + "/" + left.size());
      }
      return left.stream()
          .filter(
              resource ->
                  resource.config().wantedOnline() && state.mode() == ClusterState.Mode.RUNNING)
          .findFirst()
          .<Progress>map(
              resource -> superseded(resource, " is wanted Online by somebody else meanwhile"))
          .or(
              () ->
                  left.stream()
                      .filter(resource -> resource.phase() instanceof Phase.Failed)
                      .findFirst()
                      .map(Goal::missed))
          .orElseGet(Progress.Underway::new);
    }
  }

  /** All of some Online, and all of others Offline. */
  record Settled(Set<ResourceId> online, Set<ResourceId> offline) implements Goal {
    public Settled {
      online = Set.copyOf(online);
      offline = Set.copyOf(offline);
    }

    @Override
    public Set<ResourceId> resources() {
      var all = new HashSet<>(online);
      all.addAll(offline);
      return all;
    }

    @Override
    public Progress look(ClusterState state, Instant now) {
      Progress first = new AllOffline(offline).look(state, now);
      Progress second = new AllOnline(online).look(state, now);
      // What went wrong is told at once; the rest when both have come to their ends.
      if (second instanceof Progress.Missed || second instanceof Progress.Superseded) {
        return second;
      }
      return first instanceof Progress.Reached ? second : first;
    }
  }

  /** Another life of a monitor than this, and all that it holds found again. */
  record Replaced(MonitorName monitor, long epoch, Set<ResourceId> resources) implements Goal {
    public Replaced {
      resources = Set.copyOf(resources);
    }

    @Override
    public Progress look(ClusterState state, Instant now) {
      MonitorStatus status = state.monitors().get(monitor);
      if (status == null) {
        return new Progress.Reached(monitor + " is gone, and nothing needs another");
      }
      if (status.epoch() <= epoch) {
        return new Progress.Underway();
      }
      boolean all =
          status.phase() instanceof MonitorStatus.Phase.Ready
              && found(state, resources).stream()
                  .allMatch(
                      r ->
                          r.unsupervisedSince().isEmpty()
                              || state
                                  .typeProblems()
                                  .containsKey(r.config().type().toLowerCase(Locale.ROOT)));
      return all
          ? new Progress.Reached(
              "%s is Ready: pid %d, %d resources found again"
                  .formatted(monitor, status.pid().orElse(0), resources.size()))
          : new Progress.Underway();
    }
  }

  /** None of these runs any more. */
  record Quiet(Set<ResourceId> resources) implements Goal {
    public Quiet {
      resources = Set.copyOf(resources);
    }

    @Override
    public Progress look(ClusterState state, Instant now) {
      List<ClusterResource> left = found(state, resources);
      return left.stream().noneMatch(ClusterResource::isActive)
          ? new Progress.Reached("Offline " + left.size() + "/" + left.size())
          : new Progress.Underway();
    }
  }

  /** These properties, which can be changed while it is Online, in effect. */
  record InEffect(ResourceId resource, Set<String> properties) implements Goal {
    public InEffect {
      properties = Set.copyOf(properties);
    }

    @Override
    public Set<ResourceId> resources() {
      return Set.of(resource);
    }

    @Override
    public Progress look(ClusterState state, Instant now) {
      @Nullable ClusterResource found = state.resources().get(resource);
      if (found == null) {
        return new Progress.Superseded(null, "what was to be changed was deleted meanwhile");
      }
      if (found.phase() instanceof Phase.Changing) {
        return new Progress.Underway();
      }
      Set<String> waiting = found.notInEffect();
      var missed = new TreeSet<>(waiting);
      missed.retainAll(properties);
      if (!missed.isEmpty()) {
        String name = found.config().name();
        return new Progress.Missed(
            name,
            "%s of %s could not be changed while it is Online%s. What was set stays set, and takes effect at the next online"
                .formatted(
                    String.join(", ", missed),
                    name,
                    found.phase() instanceof Phase.Online && !found.detail().isEmpty()
                        ? ": " + found.detail()
                        : "; it is " + found.state()));
      }
      if (!found.isActive()) {
        return new Progress.Reached("set; it is " + found.state() + " meanwhile");
      }
      String changed = "set; in effect: " + String.join(", ", new TreeSet<>(properties));
      return new Progress.Reached(
          waiting.isEmpty()
              ? changed
              : changed + "; at the next online: " + String.join(", ", waiting));
    }

    /** What is said of properties that cannot be changed while it runs. */
    static String later(Set<String> waiting) {
      return "set; takes effect at the next online: " + String.join(", ", new TreeSet<>(waiting));
    }
  }

  private static Progress missed(ClusterResource resource) {
    return new Progress.Missed(
        resource.config().name(), resource.config().name() + " is Failed: " + resource.detail());
  }

  private static Progress superseded(ClusterResource resource, String how) {
    return new Progress.Superseded(resource.config().name(), resource.config().name() + how);
  }

  private static List<ClusterResource> found(ClusterState state, Set<ResourceId> ids) {
    // In the order of their creation, providers first: the first that failed is the one to name.
    return state.resources().values().stream().filter(r -> ids.contains(r.id())).toList();
  }
}
