package dev.holdfast.service.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.service.posix.Pidfd;
import dev.holdfast.service.posix.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExitTest {
  /** Raise it to try ten thousand: it is a minute's work for a small machine. */
  private static final int MANY = Integer.getInteger("holdfast.test.processes", 1000);

  @TempDir Path folder;
  private Bed bed;

  @BeforeEach
  void setUp() throws IOException {
    bed = Bed.in(folder);
  }

  @AfterEach
  void tearDown() throws Exception {
    bed.close();
  }

  @Test
  void everyExitIsToldOnceAndAsItWas() throws Exception {
    Map<String, ExitStatus> endings =
        Map.of(
            "exit 0", new ExitStatus.Code(0),
            "exit 7", new ExitStatus.Code(7),
            // What a shell would make of SIGKILL is told apart from SIGKILL.
            "exit 137", new ExitStatus.Code(137),
            "kill -TERM $$", new ExitStatus.Signalled(15, false),
            "kill -KILL $$", new ExitStatus.Signalled(9, false),
            "ulimit -c 0; kill -SEGV $$", new ExitStatus.Signalled(11, false));
    List<String> scripts = List.copyOf(endings.keySet());
    List<CompletableFuture<ProcessIdentity>> started = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      started.add(bed.processes.spawn(bed.shell(scripts.get(i % scripts.size()))));
    }
    Map<ProcessIdentity, ExitStatus> expected = new HashMap<>();
    for (int i = 0; i < MANY; i++) {
      ProcessIdentity process = Bed.get(started.get(i));
      expected.put(process, endings.get(scripts.get(i % scripts.size())));
      bed.watch(process);
    }

    Map<ProcessIdentity, ExitStatus> told = new HashMap<>();
    for (int i = 0; i < MANY; i++) {
      Bed.Told one = bed.nextExit();
      assertThat(told.put(one.process(), one.status())).as("told before").isNull();
      assertThat(bed.isZombie(one.process())).as("kept until acknowledged").isTrue();
      bed.processes.acknowledge(one.process());
    }

    assertThat(told).isEqualTo(expected);
    assertThat(bed.told).isEmpty();
    bed.assertNoChildIsLeft();
  }

  @Test
  void manyAreWatchedAtOnceAndTheirDeathsSeenInAnyOrder() throws Exception {
    List<CompletableFuture<ProcessIdentity>> started = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      started.add(bed.processes.spawn(bed.shell("exec sleep 1000")));
    }
    for (CompletableFuture<ProcessIdentity> one : started) {
      bed.watch(Bed.get(one));
    }
    assertThat(bed.told).isEmpty();

    for (CompletableFuture<ProcessIdentity> one : started) {
      assertThat(bed.processes.signal(one.join(), Signal.KILL)).isTrue();
    }
    for (int i = 0; i < MANY; i++) {
      Bed.Told one = bed.nextExit();
      assertThat(one.status()).isEqualTo(new ExitStatus.Signalled(9, false));
      bed.processes.acknowledge(one.process());
    }
    bed.assertNoChildIsLeft();
  }

  @Test
  void anExitIsKeptUntilItIsAcknowledged() throws Exception {
    ProcessIdentity process = bed.run(bed.shell("exit 3"));
    bed.nextExit();

    assertThat(bed.isZombie(process)).isTrue();
    assertThat(bed.processes.isAlive(process)).isFalse();
    assertThat(bed.processes.identify(process.pid())).isEmpty();

    bed.processes.acknowledge(process);
    bed.processes.acknowledge(process);
    assertThat(bed.proc.stat(process.pid())).isEmpty();
  }

  @Test
  void aChildThatEndedBeforeItIsWatchedIsToldWithItsCode() throws Exception {
    ProcessIdentity process = bed.start(bed.shell("exit 5"));
    Bed.until("it is dead", () -> bed.isZombie(process));

    bed.watch(process);

    assertThat(bed.nextExit().status()).isEqualTo(new ExitStatus.Code(5));
  }

  @Test
  void acknowledgingWhatWasNotToldIsRefused() throws Exception {
    ProcessIdentity process = bed.run(bed.shell("sleep 1000"));

    assertThatThrownBy(() -> bed.processes.acknowledge(process))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was not told yet");
  }

  @Test
  void watchingTwiceIsRefused() throws Exception {
    ProcessIdentity process = bed.run(bed.shell("sleep 1000"));

    assertThatThrownBy(() -> bed.watch(process)).isInstanceOf(IllegalStateException.class);
    assertThat(bed.processes.signal(process, Signal.KILL)).isTrue();
    bed.nextExit();
    bed.processes.acknowledge(process);
    assertThat(bed.told).isEmpty();
  }

  @Test
  void aListenerThatThrowsHurtsNobodyElse() throws Exception {
    ProcessIdentity bad = bed.start(bed.shell("exit 1"));
    bed.processes.watch(
        bad,
        (_, _) -> {
          throw new IllegalArgumentException("on purpose");
        });
    ProcessIdentity good = bed.run(bed.shell("exit 2"));

    assertThat(bed.nextExit()).isEqualTo(new Bed.Told(good, new ExitStatus.Code(2)));
  }

  @Test
  void anotherLifeOfAPidIsGone() throws Exception {
    ProcessIdentity process = bed.run(bed.shell("sleep 1000"));
    ProcessIdentity before =
        new ProcessIdentity(process.pid(), process.startTicks() - 1, process.bootId());
    ProcessIdentity otherBoot =
        new ProcessIdentity(process.pid(), process.startTicks(), "another-boot");

    for (ProcessIdentity gone : List.of(before, otherBoot)) {
      bed.watch(gone);
      assertThat(bed.told).as("told before watch returns").hasSize(1);
      assertThat(bed.nextExit().status()).isInstanceOf(ExitStatus.Unknown.class);
      assertThat(bed.processes.isAlive(gone)).isFalse();
      assertThat(bed.processes.signal(gone, Signal.KILL)).isFalse();
      assertThat(Bed.get(bed.processes.kill(gone, null)).gone()).isTrue();
      bed.processes.acknowledge(gone);
    }
    assertThat(bed.processes.isAlive(process)).as("the living one is untouched").isTrue();
  }

  @Test
  void anOrphanWeInheritedIsWatchedWithItsCode() throws Exception {
    ProcessIdentity parent =
        bed.run(bed.shell("setsid sleep 1000 & echo $! > orphan; kill -KILL $$"));
    ProcessIdentity orphan = bed.processIn("orphan");
    assertThat(bed.nextExit().process()).isEqualTo(parent);
    bed.processes.acknowledge(parent);

    bed.watch(orphan);
    assertThat(bed.processes.signal(orphan, Signal.TERM)).isTrue();

    assertThat(bed.nextExit()).isEqualTo(new Bed.Told(orphan, new ExitStatus.Signalled(15, false)));
    bed.processes.acknowledge(orphan);
    assertThat(bed.proc.stat(orphan.pid())).isEmpty();
  }

  @Test
  void theExitOfAnothersChildIsToldByTheKernelOrUnknown() throws Exception {
    bed.start(bed.shell("sh -c 'sleep 1000; exit 7' & echo $! > other; wait"));
    ProcessIdentity other = bed.processIn("other");
    bed.watch(other);

    assertThat(bed.processes.signal(other, Signal.KILL)).isTrue();

    ExitStatus status = bed.nextExit().status();
    if (Pidfd.tellsExitOfReaped()) {
      assertThat(status).isEqualTo(new ExitStatus.Signalled(9, false));
    } else {
      assertThat(status).isInstanceOf(ExitStatus.Unknown.class);
    }
  }

  @Test
  void whoseParentNeverReapsIsDeadWithUnknownExitAndSweptWhenItIsOurs() throws Exception {
    ProcessIdentity parent = bed.start(bed.shell("sleep 1000 & echo $! > lazy; exec sleep 1000"));
    ProcessIdentity lazy = bed.processIn("lazy");
    Bed.until(
        "the parent reaps no more",
        () -> bed.proc.stat(parent).orElseThrow().name().equals("sleep"));
    bed.watch(lazy);
    assertThat(bed.processes.signal(lazy, Signal.KILL)).isTrue();

    assertThat(bed.nextExit().status()).isInstanceOf(ExitStatus.Unknown.class);
    assertThat(bed.isZombie(lazy)).isTrue();

    assertThat(bed.processes.signal(parent, Signal.KILL)).isTrue();
    Bed.until("the sweep reaped it", () -> bed.proc.stat(lazy).isEmpty());
  }

  @Test
  void aDaemonThatCarriesATokenIsReportedOnceAndReapedInTheEnd() throws Exception {
    SlotToken token = new SlotToken("web:main:99");
    bed.run(bed.shell("(setsid sleep 1000 & echo $! > daemon)").marked(token));
    ProcessIdentity daemon = bed.processIn("daemon");

    Bed.until("it is reported", () -> !bed.strays.isEmpty());
    assertThat(bed.strays).containsExactly(new Bed.Stray(daemon, token));

    assertThat(Bed.get(bed.processes.kill(daemon, token)).gone()).isTrue();
    Bed.until("the sweep reaped it", () -> bed.proc.stat(daemon).isEmpty());
    assertThat(bed.strays).as("told once").hasSize(1);
  }
}
