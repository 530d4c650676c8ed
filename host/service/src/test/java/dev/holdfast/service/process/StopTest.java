package dev.holdfast.service.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.service.posix.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopTest {
  private static final SlotToken TOKEN = new SlotToken("web:main:4711");
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(200);

  @TempDir Path folder;

  /** What holds on every kernel; run with the newer and the older way to signal groups. */
  abstract static class AnyKernel {
    Bed bed;

    abstract Bed open() throws IOException;

    @BeforeEach
    void setUp() throws IOException {
      bed = open();
    }

    @AfterEach
    void tearDown() throws Exception {
      bed.close();
    }

    @Test
    void whoObeysIsNotKilled() throws Exception {
      ProcessIdentity process =
          bed.run(bed.shell("trap 'exit 3' TERM; echo $$ > up; while :; do sleep 0.01; done"));
      bed.processIn("up");

      StopOutcome outcome = Bed.get(bed.processes.stop(process, TOKEN, Signal.TERM, LONG));

      assertThat(outcome)
          .matches(StopOutcome::graceSufficed, "obeyed")
          .matches(StopOutcome::gone, "is gone");
      assertThat(bed.nextExit().status()).isEqualTo(new ExitStatus.Code(3));
    }

    @Test
    void theStepsAreTimedAndTold() throws Exception {
      ProcessIdentity process = bed.run(bed.shell("trap '' TERM; echo $$ > up; sleep 1000"));
      bed.processIn("up");

      StopOutcome outcome = Bed.get(bed.processes.stop(process, TOKEN, Signal.TERM, SHORT));

      assertThat(outcome.obeyed()).isFalse();
      assertThat(outcome.given()).isBetween(SHORT, outcome.took());
      assertThat(outcome.steps())
          .matches(
              "did not end within [0-9.]+ s of its stop signal; it was sent SIGKILL with all it had"
                  + " started; all are gone after [0-9.]+ s");
    }

    @Test
    void aStubbornGroupIsKilledWhenTheGraceIsOver() throws Exception {
      ProcessIdentity process =
          bed.run(
              bed.shell("trap '' TERM; sleep 1000 & echo $! > a; sleep 1000 & echo $! > b; wait"));
      ProcessIdentity a = bed.processIn("a");
      ProcessIdentity b = bed.processIn("b");

      StopOutcome outcome = Bed.get(bed.processes.stop(process, TOKEN, Signal.TERM, SHORT));

      assertThat(outcome)
          .matches(StopOutcome::gone, "is gone")
          .satisfies(it -> assertThat(it.graceSufficed()).isFalse());
      assertThat(List.of(process, a, b)).noneMatch(bed.processes::isAlive);
      assertThat(bed.nextExit().status()).isEqualTo(new ExitStatus.Signalled(9, false));
    }

    @Test
    void aChildThatLeftTheSessionIsFoundByItsToken() throws Exception {
      ProcessIdentity process =
          bed.run(bed.shell("setsid sleep 1000 & echo $! > away; exec sleep 1000").marked(TOKEN));
      ProcessIdentity away = bed.processIn("away");
      Bed.until("it left", () -> bed.proc.stat(away).orElseThrow().session() == away.pid());

      StopOutcome outcome = Bed.get(bed.processes.stop(process, TOKEN, Signal.TERM, LONG));

      assertThat(outcome)
          .matches(StopOutcome::gone, "is gone")
          .satisfies(it -> assertThat(it.graceSufficed()).isFalse());
      assertThat(bed.processes.isAlive(away)).isFalse();
    }

    @Test
    void membersOfAGroupWhoseLeaderIsDeadAreKilled() throws Exception {
      ProcessIdentity process = bed.run(bed.shell("sleep 1000 & echo $! > left; exit 1"));
      ProcessIdentity left = bed.processIn("left");
      bed.nextExit();
      bed.processes.acknowledge(process);

      assertThat(Bed.get(bed.processes.stop(process, TOKEN, Signal.TERM, LONG)).gone()).isTrue();

      assertThat(bed.processes.isAlive(left)).isFalse();
    }

    @Test
    void whatADeadLeaderLeftIsSeen_alsoInASessionOfItsOwn_andItsDescendants() throws Exception {
      ProcessIdentity process =
          bed.run(
              bed.shell("setsid sh -c 'sleep 1000 & echo $! > b; echo $$ > a; wait' & wait")
                  .marked(TOKEN));
      ProcessIdentity away = bed.processIn("a");
      ProcessIdentity below = bed.processIn("b");
      bed.kill(process);
      bed.nextExit();

      assertThat(Bed.get(bed.processes.leftNothing(process, TOKEN))).isFalse();
      bed.kill(away);
      assertThat(Bed.get(bed.processes.leftNothing(process, TOKEN))).isFalse();
      bed.kill(below);
      Bed.until("the last is dead", () -> !bed.processes.isAlive(below));
      assertThat(Bed.get(bed.processes.leftNothing(process, TOKEN))).isTrue();
    }

    /** A parent that died after the children were listed left its own to us after that list. */
    @Test
    void whatADyingOrphanLeavesIsSeen_whenAskedInThatMoment() throws Exception {
      for (int i = 0; i < 100; i++) {
        ProcessIdentity process =
            bed.run(
                bed.shell(
                        "setsid sh -c 'sleep 1000 & echo $! > b%d; echo $$ > a%d; wait' & wait"
                            .formatted(i, i))
                    .marked(TOKEN));
        ProcessIdentity away = bed.processIn("a" + i);
        ProcessIdentity below = bed.processIn("b" + i);
        bed.kill(process);
        bed.nextExit();
        bed.kill(away);
        do {
          assertThat(Bed.get(bed.processes.leftNothing(process, TOKEN)))
              .as("round %d: nothing is left, while pid %d runs", i, below.pid())
              .isFalse();
        } while (bed.processes.isAlive(away));
        bed.kill(below);
        Bed.until("the last is dead", () -> !bed.processes.isAlive(below));
        bed.processes.acknowledge(process);
      }
    }

    @Test
    void ofALeaderWithoutChildrenNothingIsLeft_whateverOthersRun() throws Exception {
      ProcessIdentity other =
          bed.run(
              bed.shell("setsid sleep 1000 & echo $! > away; exit 0")
                  .marked(new SlotToken("other:main:1")));
      ProcessIdentity orphan = bed.processIn("away");
      bed.nextExit();
      bed.processes.acknowledge(other);
      ProcessIdentity process = bed.run(bed.shell("exec sleep 1000").marked(TOKEN));
      bed.kill(process);
      bed.nextExit();

      assertThat(Bed.get(bed.processes.leftNothing(process, TOKEN))).isTrue();
      assertThat(bed.processes.isAlive(orphan)).isTrue();
    }

    @Test
    void aStoppedProcessIsContinuedSoThatItCanObey() throws Exception {
      ProcessIdentity process =
          bed.run(bed.shell("trap 'exit 3' TERM; echo $$ > up; while :; do sleep 0.01; done"));
      bed.processIn("up");
      assertThat(bed.processes.signal(process, Signal.STOP)).isTrue();
      Bed.until("it is stopped", () -> bed.processes.state(process).orElseThrow() == 'T');

      assertThat(Bed.get(bed.processes.stop(process, TOKEN, Signal.TERM, LONG)))
          .matches(StopOutcome::graceSufficed, "obeyed")
          .matches(StopOutcome::gone, "is gone");
      assertThat(bed.nextExit().status()).isEqualTo(new ExitStatus.Code(3));
    }

    @Test
    void anAdoptedProcessAndItsGroupAreStopped() throws Exception {
      bed.run(bed.shell("setsid sh -c 'sleep 1000 & echo $! > b; echo $$ > a; wait' & wait"));
      ProcessIdentity leader = bed.processIn("a");
      ProcessIdentity member = bed.processIn("b");
      bed.watch(leader);

      assertThat(Bed.get(bed.processes.stop(leader, TOKEN, Signal.TERM, LONG)).gone()).isTrue();

      assertThat(List.of(leader, member)).noneMatch(bed.processes::isAlive);
    }

    @Test
    void othersAreUntouched() throws Exception {
      ProcessIdentity other =
          bed.run(bed.shell("exec sleep 1000").marked(new SlotToken("other:main:1")));
      ProcessIdentity process = bed.run(bed.shell("exec sleep 1000").marked(TOKEN));

      assertThat(Bed.get(bed.processes.kill(process, TOKEN)).gone()).isTrue();

      assertThat(bed.processes.isAlive(other)).isTrue();
    }

    @Test
    void theLeaderIsKeptUnreapedUntilItsTreeIsGone() throws Exception {
      ProcessIdentity process = bed.start(bed.shell("trap '' TERM; sleep 1000 & wait"));
      bed.processes.watch(process, (p, _) -> bed.processes.acknowledge(p));

      assertThat(Bed.get(bed.processes.kill(process, null)).gone()).isTrue();

      Bed.until("it is reaped", () -> bed.proc.stat(process.pid()).isEmpty());
    }
  }

  @Nested
  class WithGroupsSignalledByPidfd extends AnyKernel {
    @Override
    Bed open() throws IOException {
      return Bed.in(folder);
    }

    @Test
    void stoppingTwiceAtOnceIsFine() throws Exception {
      ProcessIdentity process = bed.run(bed.shell("trap '' TERM; sleep 1000 & wait"));

      CompletableFuture<StopOutcome> gentle = bed.processes.stop(process, TOKEN, Signal.TERM, LONG);
      CompletableFuture<StopOutcome> hard = bed.processes.kill(process, TOKEN);

      assertThat(Bed.get(hard).gone()).isTrue();
      assertThat(Bed.get(gentle).gone()).isTrue();
      bed.nextExit();
      assertThat(bed.told).as("told once").isEmpty();
    }

    @Test
    void hundredsAreStoppedAtOnce() throws Exception {
      List<ProcessIdentity> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        all.add(bed.run(bed.shell("exec sleep 1000").marked(new SlotToken("many:main:" + i))));
      }
      List<CompletableFuture<StopOutcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        SlotToken token = new SlotToken("many:main:" + i);
        outcomes.add(bed.processes.stop(all.get(i), token, Signal.TERM, LONG));
      }

      for (CompletableFuture<StopOutcome> outcome : outcomes) {
        assertThat(Bed.get(outcome))
            .matches(StopOutcome::graceSufficed, "obeyed")
            .matches(StopOutcome::gone, "is gone");
      }
      for (int i = 0; i < all.size(); i++) {
        bed.processes.acknowledge(bed.nextExit().process());
      }
      bed.assertNoChildIsLeft();
    }

    @Test
    void whatRunsIsFoundByItsTokenAfterTheIntentOnly() throws Exception {
      ProcessIdentity old = bed.run(bed.shell("exec sleep 1000").marked(TOKEN));
      Bed.until("a tick has passed", () -> bed.processes.now().ticks() > old.startTicks() + 1);
      BootTicks intent = bed.processes.now();
      ProcessIdentity process =
          bed.run(bed.shell("sleep 1000 & echo $! > child; wait").marked(TOKEN));
      ProcessIdentity child = bed.processIn("child");

      int self = Math.toIntExact(ProcessHandle.current().pid());
      assertThat(Bed.get(bed.processes.search(TOKEN, intent)))
          .containsExactly(
              new TokenHolder(process, true, self), new TokenHolder(child, false, process.pid()));
      assertThat(Bed.get(bed.processes.search(new SlotToken("nobody-has-it"), intent))).isEmpty();
      assertThat(Bed.get(bed.processes.search(TOKEN, new BootTicks(0, "another-boot")))).isEmpty();
    }
  }

  @Nested
  class WithGroupsSignalledByNumber extends AnyKernel {
    @Override
    Bed open() throws IOException {
      return Bed.asOnAnOldKernel(folder);
    }
  }

  @Test
  void whatCannotBeKilledIsNamed() throws Exception {
    // Beyond the largest pid, so that no real process can be hit; the fake one never goes.
    int pid = 4_194_400;
    FakeProc fake = FakeProc.in(folder);
    fake.process(pid, 'D', 1, pid, pid, 500);
    fake.write(pid, "wchan", "nfs_wait_bit_killable");
    ProcFs proc = new ProcFs(folder);
    try (var timer = new ScheduledThreadPoolExecutor(1);
        var executor = Executors.newSingleThreadExecutor();
        var watcher = new ExitWatcher(proc, timer, SHORT, new OwnChildren(proc))) {
      var context =
          new ProcessTree.Context(
              proc, watcher, new ProcessScan(proc, executor), executor, SHORT, true);
      ProcessIdentity stuck = new ProcessIdentity(pid, 500, FakeProc.BOOT);

      StopOutcome outcome = Bed.get(new ProcessTree(context, stuck, null).stop(Signal.TERM, SHORT));

      assertThat(outcome.gone()).isFalse();
      assertThat(outcome)
          .hasToString(
              "cannot be killed: process 4194400 (app), state D, waits in nfs_wait_bit_killable");
    }
  }
}
