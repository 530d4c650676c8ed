package dev.holdfast.service.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.service.process.SpawnException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Test;

/** Starts that hang where no signal reaches them, as in a look at a file of a dead server. */
class HungSpawnTest {
  private static final Path ROOT = Path.of("/");
  private static final ProcessLimits LIMITS =
      new ProcessLimits(
          1,
          100,
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          1024);

  private final CompletableFuture<Void> serverIsBack = new CompletableFuture<>();
  private final ProcessIdentity started = new ProcessIdentity(4_194_400, 1, "none");

  private ProcessIdentity start(ProcessSpec spec) {
    if (spec.command().getFirst().equals("hang")) {
      serverIsBack.join();
    }
    return started;
  }

  @Test
  void threadsThatHangAreReplacedAsFarAsTheLimitGoes() throws Exception {
    ProcFs proc = new ProcFs(Path.of("/proc"));
    var children = new OwnChildren(proc);
    try (var timer = new ScheduledThreadPoolExecutor(1);
        var watcher = new ExitWatcher(proc, timer, Duration.ofMillis(200), children);
        var spawner = new Spawner(proc, watcher, timer, LIMITS, children, this::start)) {
      var _ = spawner.spawn(command("hang"));
      var _ = spawner.spawn(command("hang"));
      assertThat(Bed.get(spawner.spawn(command("good")))).isEqualTo(started);

      List<CompletableFuture<ProcessIdentity>> hung = new ArrayList<>();
      for (int i = 2; i <= Spawner.HUNG_THREADS; i++) {
        hung.add(spawner.spawn(command("hang")));
      }
      CompletableFuture<ProcessIdentity> blocked = spawner.spawn(command("good"));
      for (CompletableFuture<ProcessIdentity> one : hung) {
        assertRefused(one, Reason.HUNG);
      }
      assertRefused(blocked, Reason.BUSY);

      serverIsBack.complete(null);
      assertThat(Bed.get(spawner.spawn(command("good")))).isEqualTo(started);
    } finally {
      serverIsBack.complete(null);
    }
  }

  private static void assertRefused(CompletableFuture<?> start, Reason reason) {
    assertThatThrownBy(() -> Bed.get(start))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            SpawnException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static ProcessSpec command(String name) {
    return ProcessSpec.of(List.of(name), ROOT, Map.of(), ROOT.resolve("dev/null"));
  }
}
