package dev.holdfast.service.operation;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Narration;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.api.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Operations that are under way, and the last ones that ended: compares every new state with what
 * each waits for, and has it tell what changed. Thread-safe.
 */
final class Operations {
  /** So many that have ended can still be asked about. */
  static final int ENDED_KEPT_MAX = 256;

  private final InstantSource clock;
  private final AtomicLong number = new AtomicLong();
  private final Map<String, Operation> known = new ConcurrentHashMap<>();
  private final Deque<String> ended = new ArrayDeque<>();
  private final Map<Operation, Waiting> waiting = new ConcurrentHashMap<>();

  /** What an operation waits for, and what it has told. Guarded by itself. */
  private static final class Waiting {
    final Goal goal;
    final Map<ResourceId, ClusterResource> told = new LinkedHashMap<>();
    final Map<ResourceId, Instant> pendingSince = new HashMap<>();

    Waiting(Goal goal) {
      this.goal = goal;
    }
  }

  Operations(InstantSource clock) {
    this.clock = clock;
  }

  /** An operation that has been accepted. */
  Operation begin(String what) {
    var operation = new Operation("op-" + number.incrementAndGet(), what, clock.instant());
    known.put(operation.id(), operation);
    return operation;
  }

  Optional<Operation> find(String id) {
    return Optional.ofNullable(known.get(id));
  }

  /**
   * Has an operation wait for a goal.
   *
   * @param before what changed since then is told
   * @param newest the state is asked for once the operation hears of changes, so that none can come
   *     in between and be missed
   */
  void await(Operation operation, Goal goal, ClusterState before, Supplier<ClusterState> newest) {
    var wait = new Waiting(goal);
    synchronized (wait) {
      for (ClusterResource resource : before.resources().values()) {
        if (goal.resources().contains(resource.id())) {
          wait.told.put(resource.id(), resource);
        }
      }
      waiting.put(operation, wait);
      changed(operation, wait, newest.get());
    }
  }

  /** A new state is durable. */
  void changed(ClusterState after) {
    waiting.forEach(
        (operation, wait) -> {
          synchronized (wait) {
            changed(operation, wait, after);
          }
        });
  }

  /** Something happened to a resource that is no change of its state. */
  void say(ResourceId resource, String what) {
    waiting.forEach(
        (operation, wait) -> {
          synchronized (wait) {
            @Nullable ClusterResource known = wait.told.get(resource);
            if (known != null) {
              operation.narrate(new Narration(clock.instant(), known.config().name(), what));
            }
          }
        });
  }

  private void changed(Operation operation, Waiting wait, ClusterState after) {
    List<ClusterResource> pending = new ArrayList<>();
    for (ClusterResource before : List.copyOf(wait.told.values())) {
      ClusterResource now = after.resources().get(before.id());
      if (now == null) {
        wait.told.remove(before.id());
        operation.narrate(new Narration(clock.instant(), before.config().name(), "deleted"));
      } else if (before.state() != now.state()) {
        wait.told.put(now.id(), now);
        if (now.state().isPending()) {
          pending.add(now);
        } else {
          tell(operation, wait, now);
        }
      }
    }
    // What settled is told before what begins because of it.
    pending.forEach(now -> tell(operation, wait, now));
    look(operation, wait.goal, after);
  }

  private void tell(Operation operation, Waiting wait, ClusterResource resource) {
    String text = resource.state().toString();
    if (resource.state().isPending()) {
      wait.pendingSince.putIfAbsent(resource.id(), clock.instant());
    } else {
      Instant since = wait.pendingSince.remove(resource.id());
      if (since != null) {
        text +=
            String.format(
                Locale.ROOT,
                " %.1fs",
                Duration.between(since, clock.instant()).toMillis() / 1000.0);
      }
    }
    if (!resource.detail().isEmpty()) {
      text += "  " + resource.detail();
    }
    operation.narrate(new Narration(clock.instant(), resource.config().name(), text));
  }

  private void look(Operation operation, Goal goal, ClusterState state) {
    switch (goal.look(state, clock.instant())) {
      case Goal.Progress.Underway() -> {}
      case Goal.Progress.Reached(String message) -> done(operation, message, goal, state);
      case Goal.Progress.Missed(String resource, String message) ->
          failed(
              operation,
              new ApiException.Failed("NotReached", resource, message + ".", null),
              goal.resources(),
              state);
      case Goal.Progress.Superseded(String resource, String message) ->
          failed(
              operation,
              new ApiException.Failed(
                  "Superseded", resource, "Not carried through: " + message + ".", null),
              goal.resources(),
              state);
    }
  }

  /** Ends an operation that did what it was to do. */
  void done(Operation operation, String message) {
    end(operation, new Outcome.Done(took(operation), message, List.of()));
  }

  /** The same with what it found out. */
  void done(Operation operation, String message, Map<String, String> values) {
    end(operation, new Outcome.Done(took(operation), message, List.of(), values));
  }

  private void done(Operation operation, String message, Goal goal, ClusterState state) {
    end(operation, new Outcome.Done(took(operation), message, states(goal.resources(), state)));
  }

  /** Ends an operation that did not. */
  void failed(
      Operation operation, ApiException refusal, Set<ResourceId> resources, ClusterState state) {
    end(operation, new Outcome.Failed(took(operation), refusal, states(resources, state)));
  }

  private void end(Operation operation, Outcome outcome) {
    waiting.remove(operation);
    if (!operation.end(outcome)) {
      return;
    }
    synchronized (ended) {
      ended.add(operation.id());
      while (ended.size() > ENDED_KEPT_MAX) {
        known.remove(ended.remove());
      }
    }
  }

  private Duration took(Operation operation) {
    return Duration.between(operation.started(), clock.instant());
  }

  private static List<Outcome.ResourceState> states(Set<ResourceId> resources, ClusterState state) {
    return state.resources().values().stream()
        .filter(resource -> resources.contains(resource.id()))
        .map(
            resource ->
                new Outcome.ResourceState(
                    resource.config().name(),
                    resource.state().toString(),
                    resource.detail().isEmpty() ? null : resource.detail()))
        .toList();
  }
}
