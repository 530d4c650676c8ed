package dev.holdfast.monitor.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.protocol.StateBlockWriter;
import dev.holdfast.protocol.wire.EntryPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PluginThreadsTest {
  private static final int LIMIT = 4;

  @TempDir private Path folder;

  private final List<Throwable> faults = new ArrayList<>();
  private final Alarms alarms = new Alarms(faults::add);
  private final CountDownLatch release = new CountDownLatch(1);
  private final LinkedBlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
  private Surroundings surroundings;
  private PluginThreads threads;

  @BeforeEach
  void begin() throws IOException {
    var clock = InstantSource.system();
    surroundings =
        new Surroundings(
            clock,
            alarms,
            StateBlockWriter.create(folder.resolve("state"), 1, clock.instant(), 1024),
            _ -> {});
    threads = new PluginThreads("p@1", alarms, LIMIT, Duration.ofMillis(200));
  }

  @AfterEach
  void end() {
    release.countDown();
    alarms.close();
    assertThat(faults).isEmpty();
  }

  @Test
  void whenAllThreadsHang_theNextEntryIsRefused_andATerminationIsNot() throws Exception {
    for (int i = 0; i < LIMIT; i++) {
      threads.run(entry(null, this::hang));
    }

    threads.run(entry(null, () -> "never"));
    var refused = awaitOutcome();
    threads.runFirst(entry(null, () -> "terminated"));

    assertThat(refused)
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> {
              assertThat(failed.failure().getCode()).isEqualTo(PluginThreads.MONITOR_BUSY);
              assertThat(failed.failure().getMessage()).contains("All 4 threads of plugin p@1");
            });
    assertThat(value(awaitOutcome())).isEqualTo("terminated");
    awaitInside(LIMIT);
  }

  @Test
  void hangingTerminations_areBounded_too() throws Exception {
    for (int i = 0; i < LIMIT + PluginThreads.TERMINATE_RESERVE; i++) {
      threads.runFirst(entry(null, this::hang));
    }

    threads.runFirst(entry(null, () -> "never"));

    assertThat(awaitOutcome()).isInstanceOf(Outcome.Failed.class);
    awaitInside(LIMIT + PluginThreads.TERMINATE_RESERVE);
  }

  @Test
  void aThreadThatIsLeftBehind_isUsedAgainOnceItReturns() throws Exception {
    for (int i = 0; i < LIMIT; i++) {
      threads.run(entry(null, this::hang));
    }
    threads.run(entry(null, () -> "later"));
    release.countDown();

    var values = new ArrayList<Object>();
    for (int i = 0; i <= LIMIT; i++) {
      values.add(value(awaitOutcome()));
    }
    assertThat(values).contains("later").hasSize(LIMIT + 1);
  }

  @Test
  void tenThousandQuickEntries_allRun_onNoMoreThreadsThanTheLimit() throws Exception {
    for (int i = 0; i < 10_000; i++) {
      threads.run(entry(null, () -> Thread.currentThread().getName()));
    }

    var names = new java.util.HashSet<Object>();
    for (int i = 0; i < 10_000; i++) {
      if (awaitOutcome() instanceof Outcome.Returned(Object name, long _)) {
        names.add(name);
      }
    }
    assertThat(names).hasSizeBetween(1, LIMIT);
  }

  @Test
  void whenCallsBlock_thoseBehindThemGetThreads_upToTheLimit() throws Exception {
    int limit = 100;
    threads = new PluginThreads("p@1", alarms, limit, PluginThreads.WAIT_LIMIT);
    for (int i = 0; i < limit; i++) {
      threads.run(entry(null, this::hang));
    }

    awaitInside(limit);
    release.countDown();
    for (int i = 0; i < limit; i++) {
      assertThat(value(awaitOutcome())).isEqualTo("released");
    }
    awaitInside(0);
    for (int i = 0; i < limit; i++) {
      threads.run(entry(null, () -> "quick")); // All threads are there, and idle.
    }
    for (int i = 0; i < limit; i++) {
      assertThat(value(awaitOutcome())).isEqualTo("quick");
    }
  }

  @Test
  void whenCallsBlock_thoseBehindThemGetIdleThreads_alsoWhenNoneCanBeMade() throws Exception {
    var first = new CountDownLatch(1);
    for (int i = 0; i < LIMIT; i++) {
      threads.run(
          entry(
              null,
              () -> {
                first.await();
                return "first";
              }));
    }
    awaitInside(LIMIT);
    first.countDown();
    for (int i = 0; i < LIMIT; i++) {
      assertThat(value(awaitOutcome())).isEqualTo("first");
    }
    awaitInside(0);

    for (int i = 0; i < LIMIT - 1; i++) {
      threads.run(entry(null, this::hang));
    }
    threads.run(entry(null, () -> "beside them"));

    assertThat(value(awaitOutcome())).isEqualTo("beside them");
  }

  @Test
  void whenCallsSpin_thoseBehindThemGetThreads_too() throws Exception {
    for (int i = 0; i < LIMIT - 1; i++) {
      threads.run(entry(null, this::spin));
    }
    threads.run(entry(null, () -> "beside them"));

    assertThat(value(awaitOutcome())).isEqualTo("beside them");
  }

  @Test
  void whoWaitsForACommand_givesItsPlace_withoutALook() throws Exception {
    alarms.close(); // Nobody looks whether a thread is stuck.
    int atOnce = PluginThreads.QUICK_THREADS;
    threads = new PluginThreads("p@1", alarms, 2 * atOnce + 2, PluginThreads.WAIT_LIMIT);
    var mayAsk = new CountDownLatch(1);
    for (int i = 0; i < atOnce; i++) {
      threads.run(
          entry(
              null,
              () -> {
                mayAsk.await();
                return askAndHang();
              }));
    }
    awaitInside(atOnce);

    threads.run(entry(null, () -> "came before"));
    assertThat(outcomes).isEmpty();
    mayAsk.countDown();

    assertThat(value(awaitOutcome())).isEqualTo("came before");
    threads.run(entry(null, () -> "comes while they wait"));
    assertThat(value(awaitOutcome())).isEqualTo("comes while they wait");
    release.countDown();
    for (int i = 0; i < atOnce; i++) {
      assertThat(value(awaitOutcome())).isEqualTo("released");
    }
    awaitInside(0);
  }

  private Object askAndHang() throws InterruptedException {
    threads.asks();
    try {
      return hang();
    } finally {
      threads.answered();
    }
  }

  @Test
  void theNextCallOfAResource_goesOnOnTheThreadOfTheOneBefore() throws Exception {
    var gate = new Gate("r", threads::run, () -> {});
    for (int round = 0; round < 100; round++) {
      gate.enter(entry(null, this::hang, gate));
      gate.enter(entry(null, () -> Thread.currentThread().getName(), gate));
    }
    release.countDown();

    var names = new java.util.HashSet<Object>();
    for (int i = 0; i < 200; i++) {
      names.add(value(awaitOutcome()));
    }
    assertThat(names).hasSize(2).contains("released");
  }

  @Test
  void whatACallBeginsWhileItIsInside_doesNotWaitForIt() throws Exception {
    threads.run(
        entry(
            null,
            () -> {
              threads.run(entry(null, () -> "begun"));
              return hang();
            }));

    assertThat(value(awaitOutcome())).isEqualTo("begun");
  }

  @Test
  void anInterruptOfOneEntry_doesNotReachTheNextOnItsThread() throws Exception {
    for (int i = 0; i < 200; i++) {
      var entered = new CountDownLatch(1);
      var cancelled =
          entry(
              null,
              () -> {
                entered.countDown();
                return "quick";
              });
      threads.run(cancelled);
      entered.await();
      cancelled.cancel(Entry.CANCELLED);
      awaitOutcome();
      threads.run(entry(null, () -> Thread.currentThread().isInterrupted()));

      assertThat(value(awaitOutcome())).isEqualTo(false);
    }
  }

  @Test
  void anEntry_isAnsweredExactlyOnce_howeverItsEndsRace() throws Exception {
    int rounds = 2000;
    for (int i = 0; i < rounds; i++) {
      var entry = entry(Duration.ofNanos(i * 100L), () -> "value");
      threads.run(entry);
      if (i % 2 == 0) {
        entry.cancel(Entry.CANCELLED);
      }
    }

    for (int i = 0; i < rounds; i++) {
      awaitOutcome();
    }
    threads.run(entry(null, () -> "last"));
    assertThat(value(awaitOutcome())).isEqualTo("last");
    assertThat(outcomes).isEmpty();
  }

  private interface Work {
    Object run() throws Exception;
  }

  private Object hang() throws InterruptedException {
    release.await();
    return "released";
  }

  private Object spin() {
    while (release.getCount() > 0) {
      Thread.onSpinWait();
    }
    return "released";
  }

  private Entry entry(@Nullable Duration deadline, Work work) {
    return entry(deadline, work, Entry.NO_DOOR);
  }

  private Entry entry(@Nullable Duration deadline, Work work, Entry.Door door) {
    return Entry.waiting(
        new Entry.What(
            EntryPoint.FIND,
            1,
            "r",
            "resource r",
            new PluginHost("p@1", PluginThreadsTest.class.getClassLoader(), threads),
            1,
            deadline),
        surroundings,
        _ -> work.run(),
        outcomes::add,
        door);
  }

  private Outcome awaitOutcome() throws InterruptedException {
    var outcome = outcomes.poll(30, TimeUnit.SECONDS);
    assertThat(outcome).describedAs("an outcome").isNotNull();
    return java.util.Objects.requireNonNull(outcome);
  }

  private static Object value(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Returned.class);
    return ((Outcome.Returned) outcome).value();
  }

  /** A call's outcome is told before its thread has left. */
  private void awaitInside(int expected) {
    await("threads in plugin code")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(threads.inside()).isEqualTo(expected));
  }
}
