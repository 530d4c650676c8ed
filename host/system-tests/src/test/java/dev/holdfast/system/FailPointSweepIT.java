package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.failpoint.FailPoint;
import dev.holdfast.failpoint.Moment;
import dev.holdfast.failpoint.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Every fail point strikes while something is done, and nothing is lost and nothing there twice.
 *
 * <p>A run without strikes tells which points an action hits. Then each point halts its process, in
 * one of the actions that hit it; each storage point finds the disk full, and broken; and pairs of
 * halts, the second during the recovery from the first, are drawn until the time is over.
 *
 * <pre>
 *   -Dholdfast.sweep.seed=N       what is drawn; printed by every run
 *   -Dholdfast.sweep.minutes=N    how long pairs are drawn, counted from the beginning
 *   -Dholdfast.sweep.full=true    each point in every action that hits it, at its first and last hit
 *   -Dholdfast.sweep.only=TEXT    only the cases whose name has it, such as "online slot.fork"
 *   -Dholdfast.sweep.clusters=N   how many at a time
 * </pre>
 */
@Isolated("It has clusters beside each other already, as many as a machine can take.")
@Tag("long")
class FailPointSweepIT {
  private static final Duration TIME =
      Duration.ofMinutes(Long.getLong("holdfast.sweep.minutes", 13));
  private static final long SEED =
      Long.getLong("holdfast.sweep.seed", new Random().nextInt(1_000_000));
  private static final boolean FULL = Boolean.getBoolean("holdfast.sweep.full");
  private static final String ONLY = System.getProperty("holdfast.sweep.only", "");
  private static final int CLUSTERS = Integer.getInteger("holdfast.sweep.clusters", 2);

  /** Pairs are drawn by so many, so that clusters are not idle between two draws. */
  private static final int PAIRS_AT_A_TIME = 8;

  private final Random random = new Random(SEED);
  private final Map<SweepAction, Map<String, Long>> coverage = new EnumMap<>(SweepAction.class);
  private final List<SweepCase.Result> results = new ArrayList<>();

  @Test
  void everyFailPointStrikes_andNothingIsLostAndNothingThereTwice() throws Exception {
    long end = System.nanoTime() + TIME.toNanos();
    System.out.println("sweep: seed " + SEED + ", " + CLUSTERS + " clusters at a time");
    try (SweepHomes homes = new SweepHomes();
        ExecutorService clusters = Executors.newFixedThreadPool(CLUSTERS)) {
      cover(homes, clusters);
      run(halts(), homes, clusters);
      run(brokenDisks(), homes, clusters);
      run(onceMore(), homes, clusters);
      if (ONLY.isEmpty()) {
        do {
          run(pairs(), homes, clusters);
        } while (System.nanoTime() - end < 0);
      }
    } finally {
      report();
    }
    assertThat(results).as("cases that were run").isNotEmpty();
    assertThat(results.stream().filter(result -> !result.isGood()))
        .as("cases that broke a rule, with seed " + SEED)
        .isEmpty();
    if (ONLY.isEmpty()) {
      assertThat(neverStruck()).as("points that no case has reached").isEmpty();
    }
  }

  private void cover(SweepHomes homes, ExecutorService clusters) throws Exception {
    var counting = new EnumMap<SweepAction, Future<Map<String, Long>>>(SweepAction.class);
    for (SweepAction action : SweepAction.values()) {
      if (ONLY.isEmpty() || ONLY.startsWith(action.toString())) {
        counting.put(action, clusters.submit(() -> SweepCase.coverage(action, homes)));
      }
    }
    for (Map.Entry<SweepAction, Future<Map<String, Long>>> each : counting.entrySet()) {
      coverage.put(each.getKey(), each.getValue().get());
    }
  }

  /** Each point once, in one of the actions that hit it; or wherever it is hit. */
  private List<SweepCase> halts() {
    var cases = new ArrayList<SweepCase>();
    forEachPoint(
        (place, point) -> {
          List<SweepAction> hitBy = hitBy(point);
          if (FULL || !ONLY.isEmpty()) {
            for (SweepAction action : hitBy) {
              cases.add(halt(action, place, point, 1));
              if (hits(action, point) > 1) {
                cases.add(halt(action, place, point, hits(action, point)));
              }
            }
          } else if (!hitBy.isEmpty()) {
            SweepAction action = hitBy.get(random.nextInt(hitBy.size()));
            cases.add(halt(action, place, point, drawHit(action, point)));
          }
        });
    return cases;
  }

  /**
   * What no case has reached, at the first hit where there are most: other hits are not certain.
   */
  private List<SweepCase> onceMore() {
    Set<String> never = neverStruck();
    var cases = new ArrayList<SweepCase>();
    forEachPoint(
        (place, point) -> {
          if (never.contains(point)) {
            hitBy(point).stream()
                .max(Comparator.comparingLong(action -> hits(action, point)))
                .ifPresent(action -> cases.add(halt(action, place, point, 1)));
          }
        });
    return cases;
  }

  /** Full or broken, before and after: the operation did not happen, or it did and says not. */
  private List<SweepCase> brokenDisks() {
    var cases = new ArrayList<SweepCase>();
    forEachPoint(
        (place, point) -> {
          List<SweepAction> hitBy = hitBy(point);
          if (place.isStorage() && !hitBy.isEmpty()) {
            SweepAction action = hitBy.get(random.nextInt(hitBy.size()));
            for (String deed : FULL ? List.of("enospc", "eio") : List.of(drawDisk())) {
              cases.add(
                  new SweepCase(
                      action,
                      new SweepCase.Strike(place, point, drawHit(action, point), deed),
                      Optional.empty()));
            }
          }
        });
    return cases;
  }

  private List<SweepCase> pairs() {
    var cases = new ArrayList<SweepCase>();
    List<SweepCase> firsts = new ArrayList<>();
    List<SweepCase> seconds = new ArrayList<>();
    forEachPoint(
        (place, point) -> {
          for (SweepAction action : hitBy(point)) {
            (action == SweepAction.RECOVERY ? seconds : firsts)
                .add(halt(action, place, point, drawHit(action, point)));
          }
        });
    for (int i = 0; i < PAIRS_AT_A_TIME; i++) {
      SweepCase first = firsts.get(random.nextInt(firsts.size()));
      SweepCase second = seconds.get(random.nextInt(seconds.size()));
      cases.add(new SweepCase(first.action(), first.first(), Optional.of(second.first())));
    }
    return cases;
  }

  private static SweepCase halt(SweepAction action, FailPoint place, String point, long hit) {
    return new SweepCase(action, new SweepCase.Strike(place, point, hit, "halt"), Optional.empty());
  }

  private long hits(SweepAction action, String point) {
    return coverage.getOrDefault(action, Map.of()).getOrDefault(point, 0L);
  }

  /** What is hit many times is hit by the clock, too: the last hits are not to be relied on. */
  private long drawHit(SweepAction action, String point) {
    return 1L + random.nextInt((int) Math.min(3, hits(action, point)));
  }

  private String drawDisk() {
    return random.nextBoolean() ? "enospc" : "eio";
  }

  private List<SweepAction> hitBy(String point) {
    return Stream.of(SweepAction.values()).filter(action -> hits(action, point) > 0).toList();
  }

  @FunctionalInterface
  private interface PointConsumer {
    void accept(FailPoint place, String point);
  }

  private static void forEachPoint(PointConsumer consumer) {
    for (FailPoint place : FailPoint.all()) {
      if (place.side() == Side.COMMAND) {
        continue; // Those of BackupDeathsIT: there is no service.
      }
      for (Moment moment : Moment.values()) {
        consumer.accept(place, place.name(moment));
      }
    }
  }

  private void run(List<SweepCase> cases, SweepHomes homes, ExecutorService clusters)
      throws Exception {
    List<Callable<SweepCase.Result>> work =
        cases.stream()
            .filter(each -> each.toString().contains(ONLY))
            .map(each -> (Callable<SweepCase.Result>) () -> told(each, homes))
            .toList();
    for (Future<SweepCase.Result> result : clusters.invokeAll(work)) {
      results.add(result.get());
    }
  }

  private static SweepCase.Result told(SweepCase each, SweepHomes homes) {
    long begin = System.nanoTime();
    SweepCase.Result result = each.run(homes);
    System.out.println(
        "sweep: %s (%.1f s)".formatted(each, (System.nanoTime() - begin) / 1e9)
            + (result.struck() ? "" : ": was not reached this time")
            + (result.isGood() ? "" : ": " + String.join("; ", result.violations())));
    return result;
  }

  /** Points that no case reached: never hit, or hit in the coverage run and not again. */
  private Set<String> neverStruck() {
    var never = new HashSet<String>();
    forEachPoint((_, point) -> never.add(point));
    results.stream()
        .filter(SweepCase.Result::struck)
        .forEach(result -> never.remove(result.of().first().point()));
    return never;
  }

  private void report() throws IOException {
    List<String> table = new SweepTable(coverage, results).lines();
    Path file = Path.of("target", "fail-point-sweep.txt");
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, table);
    table.forEach(System.out::println);
    long pairs = results.stream().filter(result -> result.of().second().isPresent()).count();
    System.out.printf(
        "sweep: seed %d, %d cases, %d of them pairs, %d violations; the table is in %s%n",
        SEED,
        results.size(),
        pairs,
        results.stream().filter(result -> !result.isGood()).count(),
        file);
  }
}
