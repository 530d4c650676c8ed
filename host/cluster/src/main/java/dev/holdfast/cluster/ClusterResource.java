package dev.holdfast.cluster;

import com.google.common.collect.Maps;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Timings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A resource: what was said about it, and how it is.
 *
 * @param lives where its thing lives; from the type's registration
 * @param timings the type's timings; from the registration
 * @param epoch only grows: one more with each opening and each online
 * @param since when its {@link ResourceState} last changed
 * @param restarts how often it was brought online again after it had been Failed
 * @param adoptions how often it was found Running after a death
 * @param unsupervisedSince since when no monitor holds it
 * @param openIn the monitor that holds it, or was told to open it
 * @param bounce whether it is to be taken offline once before being wanted counts (restart)
 * @param takenOver whether another node had it, and nobody has seen yet that it does not run here;
 *     if it does, it is taken offline first: it runs with that node's configuration
 * @param inEffect the private properties that its life goes on with, where they are not those that
 *     are configured: what was set while it runs counts from its next online on, or from the moment
 *     at which the type has put it in effect
 * @param foreign whether it is Failed because the last find said that somebody else holds it; not
 *     written down, since the next monitor looks again
 */
public record ClusterResource(
    ResourceConfig config,
    Lives lives,
    Timings timings,
    Phase phase,
    long epoch,
    HealthState health,
    String detail,
    Instant since,
    FailureWindow failures,
    long restarts,
    long adoptions,
    Optional<Exit> lastExit,
    Optional<Instant> unsupervisedSince,
    Optional<MonitorName> openIn,
    boolean bounce,
    boolean takenOver,
    Optional<Map<String, List<String>>> inEffect,
    boolean foreign) {

  /** What is not polled has all the time there is. */
  private static final Duration NEVER = Duration.ofDays(36_500);

  /** A resource as it is created: Offline, known to nobody yet. */
  public static ClusterResource created(
      ResourceConfig config, Lives lives, Timings timings, Instant now) {
    return new ClusterResource(
        config,
        lives,
        timings,
        new Phase.Closed(new Phase.Offline()),
        0,
        HealthState.UNKNOWN,
        "",
        now,
        FailureWindow.EMPTY,
        0,
        0,
        Optional.empty(),
        Optional.of(now),
        Optional.empty(),
        false,
        false,
        Optional.empty(),
        false);
  }

  public ResourceId id() {
    return config.id();
  }

  public ResourceState state() {
    return phase.state();
  }

  /** The private properties that calls are given. */
  public Map<String, List<String>> properties() {
    return inEffect.orElse(config.properties());
  }

  /** The names of the private properties that are set and not in effect yet, sorted. */
  public SortedSet<String> notInEffect() {
    return inEffect.map(old -> differing(old, config.properties())).orElseGet(TreeSet::new);
  }

  /** The names of the properties that differ, sorted. */
  public static SortedSet<String> differing(
      Map<String, List<String>> some, Map<String, List<String>> others) {
    var difference = Maps.difference(some, others);
    var names = new TreeSet<String>(difference.entriesDiffering().keySet());
    names.addAll(difference.entriesOnlyOnLeft().keySet());
    names.addAll(difference.entriesOnlyOnRight().keySet());
    return names;
  }

  /** What would be in effect if these of what is not were, too. */
  Map<String, List<String>> withInEffect(Set<String> names) {
    var then = new HashMap<>(properties());
    for (String name : names) {
      List<String> text = config.properties().get(name);
      if (text == null) {
        then.remove(name);
      } else {
        then.put(name, text);
      }
    }
    return then;
  }

  /**
   * Whether it runs, may run, or is on its way: what its providers wait for when they go offline.
   * What is Failed is not, once everything that could be done to end it was done.
   */
  public boolean isActive() {
    return isActive(phase);
  }

  private static boolean isActive(Phase phase) {
    return switch (phase) {
      case Phase.Recovering recovering -> isActive(recovering.memory());
      case Phase.Starting _, Phase.Stopping _, Phase.Online _, Phase.Changing _ -> true;
      case Phase.Offline _, Phase.Failed _ -> false;
    };
  }

  /** Whether it is Online, and a monitor holds it. */
  public boolean isUsable() {
    return phase instanceof Phase.Online || phase instanceof Phase.Changing;
  }

  /**
   * Whether it is Online, and its last check said that it is alive: the next one that says so is no
   * news but for when the one after it must have come.
   */
  public boolean isSeenAlive() {
    return phase instanceof Phase.Online && health == HealthState.ALIVE && detail.isEmpty();
  }

  /** Whether it is to be taken offline, should it run, before being wanted Online counts. */
  boolean isEndedFirst() {
    return bounce || takenOver;
  }

  /** Whether a monitor holds it. */
  public boolean isSupervised() {
    return !(phase instanceof Phase.Closed || phase instanceof Phase.Opening);
  }

  /** When a service that stops has waited long enough for a monitor to hold it. */
  Optional<Instant> givenUpAt() {
    return phase instanceof Phase.Closed && isActive()
        ? unsupervisedSince.map(since -> since.plus(config.common().pendingTimeout()))
        : Optional.empty();
  }

  /** How often LooksAlive is asked: its own interval, else the type's. */
  public Duration looksAliveInterval() {
    return config.common().looksAlivePollInterval().orElse(timings.looksAlive());
  }

  /** How often IsAlive is asked: its own interval, else the type's. */
  public Duration isAliveInterval() {
    return config.common().isAlivePollInterval().orElse(timings.isAlive());
  }

  /**
   * When the monitor must have reported a check, counted from now. Both checks run on one schedule
   * there, so the shorter interval says when one reports.
   */
  Instant reportBy(Instant now) {
    CommonProperties common = config.common();
    if (common.maintenanceMode()) {
      return now.plus(NEVER);
    }
    Duration looks = looksAliveInterval();
    Duration is = isAliveInterval();
    Duration interval = looks.compareTo(is) < 0 ? looks : is;
    return now.plus(interval).plus(common.deadlockTimeout());
  }

  /** A copy to be changed field by field. */
  public Draft edit() {
    return new Draft(this);
  }

  /** A resource while it is being decided about. */
  public static final class Draft {
    ResourceConfig config;
    Lives lives;
    Timings timings;
    private Phase phase;
    long epoch;
    HealthState health;
    String detail;
    private Instant since;
    FailureWindow failures;
    long restarts;
    long adoptions;
    Optional<Exit> lastExit;
    Optional<Instant> unsupervisedSince;
    Optional<MonitorName> openIn;
    boolean bounce;
    boolean takenOver;
    private Optional<Map<String, List<String>>> inEffect;
    boolean foreign;

    private Draft(ClusterResource resource) {
      config = resource.config;
      lives = resource.lives;
      timings = resource.timings;
      phase = resource.phase;
      epoch = resource.epoch;
      health = resource.health;
      detail = resource.detail;
      since = resource.since;
      failures = resource.failures;
      restarts = resource.restarts;
      adoptions = resource.adoptions;
      lastExit = resource.lastExit;
      unsupervisedSince = resource.unsupervisedSince;
      openIn = resource.openIn;
      bounce = resource.bounce;
      takenOver = resource.takenOver;
      inEffect = resource.inEffect;
      foreign = resource.foreign;
    }

    /** Other properties are set. What runs goes on with the private ones that it has. */
    void configure(CommonProperties common, Map<String, List<String>> properties) {
      Map<String, List<String>> had = inEffect.orElse(config.properties());
      config = config.with(common, properties);
      putInEffect(isActive(phase) ? had : properties);
    }

    /** What its life goes on with. */
    void putInEffect(Map<String, List<String>> properties) {
      inEffect =
          properties.equals(config.properties())
              ? Optional.empty()
              : Optional.of(Map.copyOf(properties));
    }

    /** Its life is over, or begins: what is configured counts. */
    void putAllInEffect() {
      inEffect = Optional.empty();
    }

    /** Enters a phase; {@code since} moves when people see another state. */
    Draft enter(Phase next, String newDetail, Instant now) {
      if (next.state() != phase.state()) {
        since = now;
      }
      if (!(next instanceof Phase.Online || next instanceof Phase.Changing)) {
        health = HealthState.UNKNOWN;
      }
      if (isOver(next)) {
        putAllInEffect();
      }
      // What asks once more does not know better yet.
      foreign &= next instanceof Phase.Failed || next instanceof Phase.Checking;
      phase = next;
      detail = newDetail;
      return this;
    }

    private static boolean isOver(Phase phase) {
      return phase instanceof Phase.Offline || phase instanceof Phase.Closed(Phase.Offline _, _);
    }

    Phase phase() {
      return phase;
    }

    /** What its life went on with; read back. */
    public Draft goingOnWith(Map<String, List<String>> properties) {
      putInEffect(properties);
      return this;
    }

    /** What was read back from the cluster database. */
    public Draft remembered(
        long newEpoch,
        Phase.Memory memory,
        String newDetail,
        Instant newSince,
        Optional<Instant> newUnsupervisedSince) {
      epoch = newEpoch;
      phase = new Phase.Closed(memory);
      detail = newDetail;
      since = newSince;
      unsupervisedSince = newUnsupervisedSince;
      return this;
    }

    /** What was counted before. */
    public Draft counted(FailureWindow window, long restarted, long adopted, Optional<Exit> exit) {
      failures = window;
      restarts = restarted;
      adoptions = adopted;
      lastExit = exit;
      return this;
    }

    /** Whether another node had it. */
    public Draft takenOver(boolean fromAnotherNode) {
      takenOver = fromAnotherNode;
      return this;
    }

    /** The finished copy. */
    public ClusterResource done() {
      return new ClusterResource(
          config,
          lives,
          timings,
          phase,
          epoch,
          health,
          detail,
          since,
          failures,
          restarts,
          adoptions,
          lastExit,
          unsupervisedSince,
          openIn,
          bounce,
          takenOver,
          inEffect,
          foreign);
    }
  }
}
