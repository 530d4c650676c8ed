package dev.holdfast.cluster;

import dev.holdfast.spi.Exit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A node in virtual time: decides, performs the actions on monitors and workloads that are not
 * real, and hears what they say. Everything happens in one thread, in an order that is always the
 * same.
 */
final class VirtualNode {
  private final Decisions decisions;
  private final Supplier<Duration> latency;
  private final List<Watcher> watchers = new ArrayList<>();
  private final Map<MonitorName, VirtualMonitor> monitors = new HashMap<>();
  private final Map<ResourceId, Workload> workloads = new HashMap<>();
  private final PriorityQueue<Happening> happenings =
      new PriorityQueue<>(
          Comparator.comparing(Happening::at).thenComparingLong(Happening::sequence));
  private ClusterState state = ClusterState.empty();
  private Instant now = Given.NOW;
  private Instant lastStep = Given.NOW;
  private long sequence;
  private int pids = 1000;

  /** Monitors take this long to be ready; null: for ever. */
  @Nullable Duration monitorStart = Duration.ofMillis(100);

  /** Answers that came too late, and were dropped. */
  int late;

  /** Sees every step before its actions are performed. */
  interface Watcher {
    void decided(Instant now, ClusterState before, List<ClusterEvent> events, Decisions.Step step);
  }

  private record Happening(Instant at, long sequence, Runnable what) {}

  VirtualNode(Duration replacementDelay, Supplier<Duration> latency) {
    this.decisions = new Decisions(replacementDelay);
    this.latency = latency;
  }

  void watch(Watcher watcher) {
    watchers.add(watcher);
  }

  ClusterState state() {
    return state;
  }

  Instant now() {
    return now;
  }

  Duration latency() {
    return latency.get();
  }

  Workload workload(ResourceId resource) {
    Workload workload = workloads.get(resource);
    if (workload == null) {
      throw new AssertionError("nobody created " + resource);
    }
    return workload;
  }

  void put(ResourceId resource, Workload workload) {
    workloads.put(resource, workload);
  }

  Optional<VirtualMonitor> monitor(MonitorName name) {
    return Optional.ofNullable(monitors.get(name)).filter(VirtualMonitor::isAlive);
  }

  List<MonitorName> living() {
    return monitors.values().stream()
        .filter(VirtualMonitor::isAlive)
        .map(monitor -> monitor.name)
        .sorted()
        .toList();
  }

  // ---- time --------------------------------------------------------------------------------

  void after(Duration delay, Runnable what) {
    happenings.add(new Happening(now.plus(delay), sequence++, what));
  }

  /** Lets time pass. */
  void run(Duration duration) {
    Instant end = now.plus(duration);
    while (next().filter(at -> !at.isAfter(end)).isPresent()) {
      now = next().orElseThrow().isAfter(now) ? next().orElseThrow() : now;
      Happening head = happenings.peek();
      if (head != null && !head.at().isAfter(now)) {
        happenings.remove();
        head.what().run();
      } else {
        post(new ClusterEvent.Tick());
      }
    }
    now = end;
  }

  private Optional<Instant> next() {
    return Stream.concat(
            Stream.ofNullable(happenings.peek()).map(Happening::at),
            state.nextDue(lastStep).stream())
        .min(Instant::compareTo);
  }

  // ---- what happens ------------------------------------------------------------------------

  void post(ClusterEvent... events) {
    ClusterState before = state;
    Decisions.Step step = decisions.on(before, List.of(events), now);
    for (Watcher watcher : watchers) {
      watcher.decided(now, before, List.of(events), step);
    }
    state = step.state();
    lastStep = now;
    step.actions().forEach(this::perform);
  }

  /** A monitor says something about a resource. */
  void heard(VirtualMonitor monitor, ResourceId resource, long epoch, ResourceEvent event) {
    ClusterResource known = state.resources().get(resource);
    if (known == null
        || known.epoch() != epoch
        || known.openIn().filter(monitor.name::equals).isEmpty()) {
      late++;
      return;
    }
    post(new ClusterEvent.OfResource(resource, event));
  }

  /** A monitor's process ends; that may be heard before the last it said. */
  void kill(MonitorName name, boolean ownDoing) {
    kill(name, ownDoing, Optional.empty());
  }

  void kill(MonitorName name, boolean ownDoing, Optional<ResourceId> culprit) {
    monitor(name)
        .ifPresent(
            monitor -> {
              monitor.die();
              after(
                  latency().dividedBy(10),
                  () -> {
                    monitors.remove(name, monitor);
                    post(new ClusterEvent.MonitorDied(name, ownDoing, culprit));
                  });
            });
  }

  /** What a resource runs ends by itself. */
  void end(ResourceId resource) {
    Workload workload = workload(resource);
    if (workload.isRunning()) {
      workload.end();
      after(
          Duration.ofMillis(1),
          () -> {
            if (state.resources().containsKey(resource)) {
              post(new ClusterEvent.ProcessEnded(resource, new Exit.Code(1)));
              holder(resource).ifPresent(monitor -> monitor.ended(resource));
            }
          });
    }
  }

  // ---- what is done ------------------------------------------------------------------------

  private void perform(Action action) {
    switch (action) {
      case Action.StartMonitor(MonitorName name) -> start(name);
      case Action.StopMonitor(MonitorName name) ->
          after(Duration.ofMillis(20), () -> kill(name, false));
      case Action.KillMonitor(MonitorName name, _) ->
          monitor(name).ifPresent(monitor -> after(latency(), () -> killThat(monitor)));
      case Action.Open open -> monitor(open.monitor()).ifPresent(m -> m.open(open));
      case Action.Close close -> monitor(close.monitor()).ifPresent(m -> m.close(close));
      case Action.Call call -> holder(call.resource()).ifPresent(m -> m.call(call));
      case Action.Change change -> holder(change.resource()).ifPresent(m -> m.change(change));
      case Action.CancelCall cancel ->
          holder(cancel.resource()).ifPresent(m -> m.cancel(cancel.resource()));
      case Action.EndProcesses(ResourceId id) ->
          after(
              latency(),
              () -> {
                Workload workload = workload(id);
                if (!workload.immortal) {
                  workload.end();
                }
                Optional<String> standing =
                    workload.isRunning() ? Optional.of("it stands") : Optional.empty();
                post(new ClusterEvent.OfResource(id, new ResourceEvent.ProcessesEnded(standing)));
              });
      case Action.ReleaseExternals(ResourceId id) -> {
        if (workload(id).isRunning()) {
          throw new AssertionError("what runs elsewhere was forgotten");
        }
      }
      case Action.StartPolling start ->
          holder(start.resource()).ifPresent(m -> m.startPolling(start, interval(start)));
      case Action.StopPolling stop -> holder(stop.resource()).ifPresent(m -> m.stopPolling(stop));
      case Action.Tell _ -> {
        // Watchers have seen it.
      }
    }
  }

  private void start(MonitorName name) {
    if (monitors.containsKey(name)) {
      throw new AssertionError(name + " is started while it is there");
    }
    var monitor = new VirtualMonitor(this, name);
    monitors.put(name, monitor);
    long epoch = Objects.requireNonNull(state.monitors().get(name)).epoch();
    int pid = pids++;
    after(
        Duration.ofMillis(1),
        () -> {
          if (monitor.isAlive()) {
            post(new ClusterEvent.MonitorStarted(name, pid));
          }
        });
    Duration start = monitorStart;
    if (start != null) {
      after(
          start,
          () -> {
            if (monitor.isAlive()) {
              post(new ClusterEvent.MonitorReady(name, epoch));
            }
          });
    }
  }

  private void killThat(VirtualMonitor monitor) {
    if (monitor.isAlive()) {
      kill(monitor.name, true);
    }
  }

  private Optional<VirtualMonitor> holder(ResourceId resource) {
    return Optional.ofNullable(state.resources().get(resource))
        .flatMap(ClusterResource::openIn)
        .flatMap(this::monitor);
  }

  private Duration interval(Action.StartPolling start) {
    ClusterResource resource = state.resources().get(start.resource());
    if (resource == null) {
      throw new AssertionError(start + " of what is not there");
    }
    return Duration.between(
        now, resource.reportBy(now).minus(resource.config().common().deadlockTimeout()));
  }
}
