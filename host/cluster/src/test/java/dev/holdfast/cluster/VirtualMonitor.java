package dev.holdfast.cluster;

import dev.holdfast.spi.Health;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.ResourceException.Retry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One life of a monitor that is not real. One call at a time and resource, except terminate, as in
 * a real one; it says nothing after its death.
 */
final class VirtualMonitor {
  /** How long what it says is on its way. */
  private static final Duration LINK = Duration.ofMillis(2);

  private static final Duration TERMINATE_LIMIT = Duration.ofMinutes(5);

  private final VirtualNode node;
  final MonitorName name;
  private final Map<ResourceId, Instance> instances = new HashMap<>();
  private boolean alive = true;

  VirtualMonitor(VirtualNode node, MonitorName name) {
    this.node = node;
    this.name = name;
  }

  /** A resource that is open here. */
  private static final class Instance {
    final Deque<Call> waiting = new ArrayDeque<>();
    @Nullable Call current;
    int polling;
    Action.@Nullable StartPolling polled;
  }

  private static final class Call {
    final Action.Call asked;
    boolean cancelled;
    boolean over;

    Call(Action.Call asked) {
      this.asked = asked;
    }
  }

  boolean isAlive() {
    return alive;
  }

  boolean holds(ResourceId resource) {
    return instances.containsKey(resource);
  }

  void die() {
    alive = false;
    instances.keySet().stream()
        .map(node::workload)
        .filter(workload -> workload.lives == Lives.IN_MONITOR)
        .forEach(Workload::end);
  }

  void open(Action.Open open) {
    Workload workload = node.workload(open.resource());
    after(
        node.latency(),
        () -> {
          if (workload.hanging.contains(EntryPoint.OPEN)) {
            return;
          }
          if (workload.failing.contains(EntryPoint.OPEN)) {
            failed(open.resource(), open.epoch(), EntryPoint.OPEN);
            return;
          }
          instances.put(open.resource(), new Instance());
          call(
              new Action.Call(
                  open.resource(),
                  open.epoch(),
                  EntryPoint.FIND,
                  open.deadline(),
                  Optional.empty()));
        });
  }

  void close(Action.Close close) {
    instances.remove(close.resource());
    if (node.workload(close.resource()).lives == Lives.IN_MONITOR) {
      node.workload(close.resource()).end();
    }
  }

  void call(Action.Call asked) {
    Instance instance = instances.get(asked.resource());
    if (instance == null) {
      throw new AssertionError(asked + " of what is not open in " + name);
    }
    var call = new Call(asked);
    if (asked.entryPoint() == EntryPoint.TERMINATE) {
      terminate(call);
    } else {
      instance.waiting.add(call);
      next(instance);
    }
  }

  void change(Action.Change asked) {
    call(
        new Action.Call(
            asked.resource(),
            asked.epoch(),
            EntryPoint.CHANGED,
            asked.deadline(),
            Optional.empty()));
  }

  void cancel(ResourceId resource) {
    Instance instance = instances.get(resource);
    Call call = instance == null ? null : instance.current;
    if (instance == null || call == null || node.workload(resource).stubborn) {
      return;
    }
    call.cancelled = true;
    after(
        node.latency(),
        () -> {
          if (!call.over) {
            failed(resource, call.asked.epoch(), call.asked.entryPoint());
            over(instance, call);
          }
        });
  }

  void startPolling(Action.StartPolling start, Duration interval) {
    Instance instance = instances.get(start.resource());
    if (instance == null) {
      throw new AssertionError(start + " of what is not open in " + name);
    }
    instance.polling++;
    instance.polled = start;
    poll(start, instance, instance.polling, interval);
  }

  private void poll(Action.StartPolling start, Instance instance, int polling, Duration interval) {
    after(
        interval,
        () -> {
          if (instance.polling != polling || instances.get(start.resource()) != instance) {
            return;
          }
          polledCheck(start.resource(), instance, start.epoch());
          poll(start, instance, polling, interval);
        });
  }

  void stopPolling(Action.StopPolling stop) {
    Instance instance = instances.get(stop.resource());
    if (instance != null) {
      instance.polling++;
      instance.polled = null;
    }
  }

  /** A process of the resource ended. */
  void ended(ResourceId resource) {
    after(
        node.latency(),
        () -> {
          Instance instance = instances.get(resource);
          if (instance != null && instance.polled != null) {
            polledCheck(resource, instance, instance.polled.epoch());
          }
        });
  }

  private void next(Instance instance) {
    if (instance.current != null || instance.waiting.isEmpty()) {
      return;
    }
    Call call = instance.waiting.remove();
    instance.current = call;
    Workload workload = node.workload(call.asked.resource());
    Duration takes =
        switch (call.asked.entryPoint()) {
          case ONLINE -> workload.onlineTakes;
          case OFFLINE -> workload.offlineTakes;
          default -> node.latency();
        };
    if (call.asked.entryPoint() == EntryPoint.ONLINE) {
      after(takes.dividedBy(2), () -> startIfAllowed(call, workload));
    }
    report(call, workload);
    if (!workload.hanging.contains(call.asked.entryPoint())) {
      after(
          takes,
          () -> {
            if (!call.over) {
              perform(call, workload);
              over(instance, call);
            }
          });
    }
  }

  private void over(Instance instance, Call call) {
    call.over = true;
    instance.current = null;
    next(instance);
  }

  /** The service starts processes, and only for the online that it waits for. */
  private void startIfAllowed(Call call, Workload workload) {
    ClusterResource resource = node.state().resources().get(call.asked.resource());
    if (!call.over
        && !call.cancelled
        && resource != null
        && resource.epoch() == call.asked.epoch()
        && resource.phase() instanceof Phase.GoingOnline) {
      workload.start();
    }
  }

  private void report(Call call, Workload workload) {
    Duration every = workload.progressEvery;
    boolean pending =
        call.asked.entryPoint() == EntryPoint.ONLINE
            || call.asked.entryPoint() == EntryPoint.OFFLINE
            || call.asked.entryPoint() == EntryPoint.CHANGED;
    if (every != null && pending) {
      after(
          every,
          () -> {
            if (!call.over) {
              say(
                  call.asked.resource(),
                  call.asked.epoch(),
                  new ResourceEvent.Progressed("still at it"));
              report(call, workload);
            }
          });
    }
  }

  private void perform(Call call, Workload workload) {
    ResourceId resource = call.asked.resource();
    long epoch = call.asked.epoch();
    EntryPoint entryPoint = call.asked.entryPoint();
    if (workload.failing.contains(entryPoint)) {
      failed(resource, epoch, entryPoint);
      return;
    }
    switch (entryPoint) {
      case FIND ->
          say(
              resource,
              epoch,
              workload.heldByLoser
                  ? new ResourceEvent.FoundSuperseded("b", 1)
                  : new ResourceEvent.FoundIt(workload.find()));
      case IS_ALIVE, LOOKS_ALIVE -> check(resource, epoch);
      case ONLINE -> {
        if (workload.isRunning()) {
          say(resource, epoch, new ResourceEvent.Returned(EntryPoint.ONLINE));
        } else {
          // Its process was refused, or ended meanwhile.
          failed(resource, epoch, entryPoint);
        }
      }
      case CHANGED -> say(resource, epoch, new ResourceEvent.Returned(entryPoint));
      case ADOPT -> {
        workload.adopt();
        say(resource, epoch, new ResourceEvent.Returned(entryPoint));
      }
      case OFFLINE -> {
        if (!workload.immortal) {
          workload.end();
        }
        say(resource, epoch, new ResourceEvent.Returned(entryPoint));
      }
      case OPEN, CLOSE, TERMINATE -> throw new AssertionError(entryPoint + " has its own way");
    }
  }

  private void terminate(Call call) {
    Workload workload = node.workload(call.asked.resource());
    if (workload.hanging.contains(EntryPoint.TERMINATE)) {
      return;
    }
    after(
        node.latency(),
        () -> {
          if (!workload.immortal) {
            workload.end();
          }
          if (workload.failing.contains(EntryPoint.TERMINATE)) {
            failed(call.asked.resource(), call.asked.epoch(), EntryPoint.TERMINATE);
          } else {
            findAfter(call.asked);
          }
        });
  }

  /** Terminate has its find with it. */
  private void findAfter(Action.Call terminated) {
    if (instances.containsKey(terminated.resource())) {
      call(
          new Action.Call(
              terminated.resource(),
              terminated.epoch(),
              EntryPoint.FIND,
              terminated.deadline(),
              Optional.empty()));
    }
  }

  /** What fails a check of the polling is terminated at once, as was said beforehand. */
  private void polledCheck(ResourceId resource, Instance instance, long epoch) {
    Workload workload = node.workload(resource);
    boolean answers =
        !workload.failing.contains(EntryPoint.IS_ALIVE)
            && !workload.hanging.contains(EntryPoint.IS_ALIVE);
    if (answers && workload.check() instanceof Health.Failed failed) {
      instance.polling++;
      instance.polled = null;
      say(resource, epoch, new ResourceEvent.Checked(failed, true));
      Instant deadline = node.now().plus(TERMINATE_LIMIT);
      terminate(
          new Call(
              new Action.Call(resource, epoch, EntryPoint.TERMINATE, deadline, Optional.empty())));
    } else {
      check(resource, epoch);
    }
  }

  private void check(ResourceId resource, long epoch) {
    Workload workload = node.workload(resource);
    if (workload.failing.contains(EntryPoint.IS_ALIVE)) {
      say(resource, epoch, new ResourceEvent.CheckBroken("the check threw"));
    } else if (!workload.hanging.contains(EntryPoint.IS_ALIVE)) {
      say(resource, epoch, new ResourceEvent.Checked(workload.check()));
    }
  }

  private void failed(ResourceId resource, long epoch, EntryPoint entryPoint) {
    Retry retry = node.workload(resource).nowhere ? Retry.NOWHERE : Retry.HERE;
    say(
        resource,
        epoch,
        new ResourceEvent.CallFailed(entryPoint, new Failure("TEST", retry, "it threw")));
  }

  /** What it said before its death is still on its way. */
  private void say(ResourceId resource, long epoch, ResourceEvent event) {
    node.after(LINK, () -> node.heard(this, resource, epoch, event));
  }

  private void after(Duration delay, Runnable what) {
    node.after(
        delay,
        () -> {
          if (alive) {
            what.run();
          }
        });
  }
}
