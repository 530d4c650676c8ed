package dev.holdfast.system;

import dev.holdfast.failpoint.FailPoint;
import dev.holdfast.failpoint.FailPoints;
import dev.holdfast.failpoint.HitsFile;
import dev.holdfast.failpoint.Side;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import tools.jackson.databind.JsonNode;

/**
 * One run of a sweep: an action, a point that strikes in it, perhaps a second one that strikes in
 * the recovery from the first; then a service without fail points, and the audit.
 *
 * @param first as the environment has it, {@code name:n=deed}
 * @param second strikes while the service that follows the first starts
 */
record SweepCase(SweepAction action, Strike first, Optional<Strike> second) {
  /** A service that cannot make something durable halts with this. */
  private static final int NOT_DURABLE = 70;

  /** A service that cannot use its home does not start. */
  private static final int NOT_STARTED = 1;

  /** How long what was killed may need to go. */
  private static final Duration SETTLING = Duration.ofSeconds(15);

  /** How long after an action what follows it may still hit a point. */
  private static final Duration AFTERMATH = Duration.ofSeconds(2);

  /** What Java tells of a process that SIGKILL ended. */
  private static final int KILLED = 137;

  /** A point that strikes, as written. */
  record Strike(FailPoint place, String point, long hit, String deed) {
    boolean halts() {
      return deed.equals("halt");
    }

    @Override
    public String toString() {
      return point + ":" + hit + "=" + deed;
    }
  }

  /**
   * What became of it.
   *
   * @param struck whether every point of it was reached
   */
  record Result(SweepCase of, boolean struck, List<String> violations) {
    boolean isGood() {
      return violations.isEmpty();
    }
  }

  @Override
  public String toString() {
    return action + " " + first + second.map(strike -> " then " + strike).orElse("");
  }

  /** Counts what an action hits, with nothing that strikes. */
  static Map<String, Long> coverage(SweepAction action, SweepHomes homes) throws Exception {
    try (Cluster cluster = action.cluster(homes)) {
      action.beforeStart(cluster);
      HitsFile hits = count(cluster, "hits", action.isAtStart());
      cluster.start("serve");
      settle(action, cluster);
      action.prepare(cluster);
      hits.counting(true);
      action.perform(cluster, homes);
      if (cluster.service().isAlive()) {
        settle(action, cluster);
      }
      hits.counting(false);
      return hits.hits();
    }
  }

  private static HitsFile count(Cluster cluster, String name, boolean now) throws IOException {
    Path file = cluster.folder().resolve(name);
    HitsFile hits = HitsFile.create(file);
    hits.counting(now);
    cluster.with(FailPoints.HITS_VARIABLE, file.toString());
    return hits;
  }

  private static boolean settle(SweepAction action, Cluster cluster) {
    return !action.hasResources() || Settled.orGone(cluster);
  }

  /** Runs it. What it throws is a violation, too: nothing of it may fail for another reason. */
  Result run(SweepHomes homes) {
    try (Cluster cluster = action.cluster(homes)) {
      try {
        return run(cluster, homes);
      } catch (Exception | AssertionError e) {
        return new Result(this, true, List.of("%s; %s".formatted(e, Scene.of(cluster))));
      }
    } catch (IOException e) {
      return new Result(this, true, List.of("its cluster could not be made or ended: " + e));
    }
  }

  private Result run(Cluster cluster, SweepHomes homes) throws Exception {
    action.beforeStart(cluster);
    var violations = new ArrayList<String>();
    HitsFile hits = count(cluster, "hits", action.isAtStart());
    cluster.with(FailPoints.VARIABLE, first.toString());
    boolean acknowledged = strike(cluster, homes, hits);
    boolean struck = awaitStrike(cluster, hits, first);
    violations.addAll(wrongEnd(cluster, first, struck));
    if (second.isPresent()) {
      Strike again = second.get();
      endIfAlive(cluster);
      HitsFile more = count(cluster, "more-hits", true);
      cluster.with(FailPoints.VARIABLE, again.toString());
      if (cluster.startOrEnd("serve")) {
        goOn(cluster, acknowledged);
      }
      boolean struckAgain = awaitStrike(cluster, more, again);
      struck &= struckAgain;
      violations.addAll(wrongEnd(cluster, again, struckAgain));
    }
    recover(cluster);
    if (!acknowledged) {
      action.resume(cluster);
    }
    settle(action, cluster);
    if (acknowledged) {
      action.broken(cluster).ifPresent(violations::add);
    }
    violations.addAll(lasting(cluster));
    return new Result(this, struck, List.copyOf(violations));
  }

  /** One life of what is Online, none of anything else, and never were there two at a time. */
  private static List<String> lives(Cluster cluster) throws IOException {
    var wrong = new ArrayList<String>();
    for (JsonNode resource : cluster.resources()) {
      if (resource.required("type").asString().equals("Generic Application")) {
        String name = resource.required("name").asString();
        LifeJournal journal = SweepHomes.journal(cluster.directory(name));
        List<Long> lasting = journal.lasting().stream().map(LifeJournal.Entry::pid).toList();
        List<Long> expected =
            resource.required("state").asString().equals("Online")
                ? List.of(resource.required("pid").asLong())
                : List.of();
        if (!lasting.equals(expected)) {
          wrong.add(name + " lives as " + lasting + ", and should as " + expected);
        }
        journal.besideAnother().forEach(life -> wrong.add(name + " lived twice at once: " + life));
      }
    }
    return wrong;
  }

  private static List<String> broken(Cluster cluster) throws Exception {
    var all = new ArrayList<String>(lives(cluster));
    all.addAll(Audited.inThisProcess(cluster).findings());
    all.addAll(SweepSettings.of(cluster).broken());
    return all;
  }

  /**
   * What is broken and stays so. A monitor that was forked and never written down needs a moment to
   * find that nobody waits for it, and an application that was started just now to say that it is.
   */
  private static List<String> lasting(Cluster cluster) throws Exception {
    var found = new AtomicReference<List<String>>(broken(cluster));
    try {
      Awaitility.await("nothing is broken")
          .atMost(SETTLING)
          .until(
              () -> {
                if (!found.get().isEmpty()) {
                  found.set(broken(cluster));
                }
                return found.get().isEmpty();
              });
    } catch (ConditionTimeoutException stillBroken) {
      // Then that is the answer.
    }
    return found.get();
  }

  /** A second strike that ends only a monitor leaves the service to what it had begun. */
  private void goOn(Cluster cluster, boolean acknowledged) {
    try {
      if (!acknowledged) {
        action.resume(cluster);
      }
      settle(action, cluster);
    } catch (IOException unanswered) {
      // It is the service's right not to answer, once a point has struck; what follows judges it.
    }
  }

  /** Has it strike; whether the action was acknowledged all the same. */
  private boolean strike(Cluster cluster, SweepHomes homes, HitsFile hits)
      throws IOException, InterruptedException {
    if (!cluster.startOrEnd("serve") || !settle(action, cluster)) {
      return false;
    }
    action.prepare(cluster);
    hits.counting(true);
    try {
      action.perform(cluster, homes);
      if (cluster.service().isAlive()) {
        settle(action, cluster);
      }
      return true;
    } catch (IOException unanswered) {
      // It is the service's right not to answer, once a point has struck.
      return false;
    }
  }

  /**
   * Whether it has struck. What follows an answer, such as an event or the end of an incident, gets
   * a moment; then nothing counts any more, and so nothing strikes in what comes next.
   */
  private static boolean awaitStrike(Cluster cluster, HitsFile hits, Strike strike) {
    try {
      Awaitility.await("it has struck, or cannot any more")
          .atMost(AFTERMATH)
          .until(() -> hasStruck(hits, strike) || !cluster.service().isAlive());
    } catch (ConditionTimeoutException notReached) {
      // It may not be reached this time; the report says so.
    }
    hits.counting(false);
    return hasStruck(hits, strike);
  }

  private static boolean hasStruck(HitsFile hits, Strike strike) {
    return Objects.requireNonNull(hits.hits().get(strike.point())) >= strike.hit();
  }

  /** A service ends for the reason that was asked for, and for no other. */
  private List<String> wrongEnd(Cluster cluster, Strike strike, boolean struck)
      throws InterruptedException {
    boolean serviceHalts = strike.halts() && strike.place().side() == Side.SERVICE && struck;
    if (!serviceHalts && cluster.service().isAlive()) {
      return List.of();
    }
    int code = cluster.awaitEnd();
    if (!serviceHalts && action.killsTheService() && code == KILLED) {
      return List.of();
    }
    List<Integer> expected =
        serviceHalts
            ? List.of(FailPoints.HALTED)
            : strike.halts() ? List.of(0) : List.of(0, NOT_DURABLE, NOT_STARTED);
    return expected.contains(code)
        ? List.of()
        : List.of("the service ended with %d, expected %s".formatted(code, expected));
  }

  /**
   * A service without fail points. One that lives is asked to prove what it acknowledged: after a
   * disk that failed it is killed first, after the death of a monitor it has recovered by itself.
   */
  private void recover(Cluster cluster) throws IOException, InterruptedException {
    if (!first.halts()) {
      endIfAlive(cluster);
    }
    cluster.without(FailPoints.VARIABLE).without(FailPoints.HITS_VARIABLE);
    if (!cluster.service().isAlive()) {
      cluster.start("serve");
    }
  }

  private static void endIfAlive(Cluster cluster) throws IOException, InterruptedException {
    if (cluster.service().isAlive()) {
      cluster.end("KILL");
    }
  }
}
