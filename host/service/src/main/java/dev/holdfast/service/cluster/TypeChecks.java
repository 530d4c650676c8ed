package dev.holdfast.service.cluster;

import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.ClusterState.TypeProblem;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.service.supervision.Monitors;
import dev.holdfast.service.type.TypeRegistrar;
import dev.holdfast.service.type.TypeResolver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the types every two seconds, so that nobody has to register one again: at an archive
 * that was changed or removed, which is told while all monitors still have its code; at one that is
 * back; and at code that could not be loaded, which is tried in a monitor of its own, after 2 s, 4
 * s and so on up to a minute.
 */
final class TypeChecks implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  /** The longest wait between two tries, in looks. */
  private static final int TRY_EVERY_MAX = 30;

  private static final Logger LOG = LoggerFactory.getLogger(TypeChecks.class);

  private final ClusterLoop loop;
  private final TypeResolver types;
  private final TypeRegistrar registrar;
  private final Monitors monitors;
  private final Executor blocking;
  private final Map<String, Tries> tries = new HashMap<>();
  private final Set<String> trying = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("type-checks").daemon(true).factory());

  /** What is done about one type whose code cannot be loaded. Of this thread alone. */
  private static final class Tries {
    int nextIn = 1;
    int wait = 1;
    int looksSinceFailure;

    boolean isDue() {
      looksSinceFailure = 0;
      nextIn--;
      if (nextIn > 0) {
        return false;
      }
      wait = Math.min(2 * wait, TRY_EVERY_MAX);
      nextIn = wait;
      return true;
    }
  }

  TypeChecks(
      ClusterLoop loop,
      TypeResolver types,
      TypeRegistrar registrar,
      Monitors monitors,
      Executor blocking) {
    this.loop = loop;
    this.types = types;
    this.registrar = registrar;
    this.monitors = monitors;
    this.blocking = blocking;
  }

  void start() {
    var _ =
        thread.scheduleWithFixedDelay(
            this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      ClusterState state = loop.state();
      for (TypeRegistration type : state.types().values()) {
        look(state, type);
      }
      // What has been well for a while starts afresh when it is not.
      tries.values().removeIf(tried -> ++tried.looksSinceFailure > TRY_EVERY_MAX);
    } catch (RuntimeException e) {
      LOG.error("Looking at types failed; it is tried again.", e);
    }
  }

  private void look(ClusterState state, TypeRegistration type) {
    switch (state.typeStatus(type.name())) {
      case REGISTERED -> {
        if (types.mayHaveChanged(type)) {
          types.verify(type).ifPresent(problem -> tell(type, Optional.of(problem)));
        }
      }
      case PLUGIN_MISSING, DIGEST_MISMATCH -> tell(type, types.verify(type));
      case LOAD_FAILED ->
          types
              .verify(type)
              .ifPresentOrElse(problem -> tell(type, Optional.of(problem)), () -> tryLater(type));
      case NOT_REGISTERED -> {} // then it is not among the registered ones
    }
  }

  private void tryLater(TypeRegistration type) {
    if (tries.computeIfAbsent(type.name(), _ -> new Tries()).isDue() && trying.add(type.name())) {
      blocking.execute(() -> tryNow(type));
    }
  }

  private void tryNow(TypeRegistration type) {
    try {
      Optional<String> problem = registrar.tryLoad(type);
      if (problem.isEmpty()) {
        canBeLoaded(type);
      } else {
        LOG.debug("The type {} cannot be loaded yet: {}", type.name(), problem.get());
      }
    } catch (RuntimeException e) {
      LOG.error("Trying to load the type {} failed; it is tried again.", type.name(), e);
    } finally {
      trying.remove(type.name());
    }
  }

  /**
   * A monitor that has the plugin without this type cannot make it any more: a class whose
   * initialiser threw stays as it is. One that has another version, because it was starting when
   * this one was registered, cannot load it beside. So these monitors are replaced.
   */
  private void canBeLoaded(TypeRegistration type) {
    List<ClusterEvent> events = new ArrayList<>();
    events.add(new ClusterEvent.TypeResolved(type.name(), Optional.empty()));
    TypeRegistration.Version version = type.version();
    Set<MonitorName> unable = new HashSet<>(monitors.withIncomplete(version.digest()));
    unable.addAll(monitors.withOther(version.plugin(), version.digest()));
    for (MonitorName monitor : unable) {
      events.add(new ClusterEvent.MonitorReplaced(monitor));
    }
    loop.post(events);
  }

  private void tell(TypeRegistration type, Optional<TypeProblem> problem) {
    loop.post(new ClusterEvent.TypeResolved(type.name(), problem));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
