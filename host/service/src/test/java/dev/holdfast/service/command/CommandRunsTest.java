package dev.holdfast.service.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.process.LinuxProcesses;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.ProcessLimits;
import dev.holdfast.service.process.Processes;
import dev.holdfast.service.process.StopOutcome;
import dev.holdfast.service.slot.SlotException;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.slot.SlotListener;
import dev.holdfast.service.slot.SlotRecord;
import dev.holdfast.service.slot.SlotStore;
import dev.holdfast.service.slot.SlotView;
import dev.holdfast.service.slot.Slots;
import dev.holdfast.spi.Command;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes; only the store is the test's own. */
class CommandRunsTest {
  /** For every wait; far beyond what a loaded machine needs. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
  private static final ResourceId RESOURCE = new ResourceId(new UUID(0, 1));
  private static final MonitorName MONITOR = new MonitorName("shared-0");

  @TempDir Path folder;
  private final Memory store = new Memory();
  private final AtomicLong requests = new AtomicLong();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private Processes processes;
  private Home home;
  private Slots slots;
  private CommandRuns commands;

  @BeforeEach
  void open() throws IOException {
    home = Home.open(folder.resolve("home"));
    processes = LinuxProcesses.open(ProcessLimits.DEFAULT, (_, _) -> {});
    begin();
  }

  private void begin() {
    slots = new Slots(home, processes, store, new Ends(), UUID::randomUUID, executor);
    commands =
        new CommandRuns(
            home,
            processes,
            slots,
            "test-" + folder.getFileName(),
            UUID::randomUUID,
            ENVIRONMENT,
            executor);
  }

  @AfterEach
  void close() throws Exception {
    var _ = get(slots.killAll());
    commands.close();
    slots.close();
    processes.close();
    executor.close();
  }

  @Nested
  class ThatLooks {
    @Test
    void bothStreamsAndTheExitComeBack_andNothingIsWrittenDown() throws Exception {
      CommandResult result = look("echo to-out; echo to-err >&2; exit 7");

      assertThat(result)
          .isEqualTo(new CommandResult(new Exit.Code(7), false, "to-out\n", "to-err\n", false));
      assertThat(store.written).isEmpty();
      assertThat(look("echo again").output()).isEqualTo("again\n");
    }

    @Test
    void itRunsInTheResourcesDirectory_withItsEnvironment_andNothingToRead() throws Exception {
      var launch = Launch.of("sh", "-c", "pwd; echo $X; cat; echo $HOLDFAST_SLOT").with("X", "y");

      List<String> lines = run(Command.looking(launch, PATIENCE)).output().lines().toList();

      assertThat(lines.subList(0, 2))
          .containsExactly(home.resource(RESOURCE.toString()).toString(), "y");
      assertThat(lines.get(2)).startsWith("look:test-");
    }

    @Test
    void aSignalIsToldAsOne() throws Exception {
      assertThat(look("kill -SEGV $$").exit()).isEqualTo(new Exit.Signal(11));
    }

    @Test
    void whatItLeavesIsEnded_beforeItIsAnswered() throws Exception {
      CommandResult result =
          look("setsid sh -c 'echo $$ > left; exec sleep 600' & until test -s left; do :; done");

      assertThat(result.exited(0)).isTrue();
      assertThat(alive("left")).isFalse();
    }

    @Test
    void whenItsLimitPasses_itIsEndedWithAllOfItsTree_evenWithoutSessionAndEnvironment()
        throws Exception {
      var command =
          Command.looking(
              Launch.of(
                  "sh",
                  "-c",
                  "echo begun; env -i setsid sh -c 'echo $$ > left; exec sleep 600' & until test -s"
                      + " left; do :; done; wait"),
              Duration.ofSeconds(2));

      CommandResult result = run(command);

      assertThat(result.timedOut()).isTrue();
      assertThat(result.exited(0)).isFalse();
      assertThat(result.output()).isEqualTo("begun\n");
      assertThat(alive("left")).isFalse();
    }

    @Test
    void tenMegabytesAreCut_andTheirBeginningKept() throws Exception {
      CommandResult result =
          look("echo first; head -c 10000000 /dev/zero | tr '\\0' x; echo last >&2");

      assertThat(result.cut()).isTrue();
      assertThat(result.output()).startsWith("first\nxxx").hasSize(CommandResult.OUTPUT_BYTES_MAX);
      assertThat(result.errors()).isEqualTo("last\n");
      assertThat(look("echo short").cut()).isFalse();
    }

    @Test
    void whatIsNotThereIsSaid() {
      assertThatThrownBy(() -> run(Command.looking(Launch.of("/no/such/program"), PATIENCE)))
          .isInstanceOf(SlotException.class)
          .hasMessageContaining("/no/such/program")
          .extracting(e -> ((SlotException) e).code())
          .isEqualTo("CommandNotFound");
    }

    @Test
    void whatAServiceThatDiedLeftIsEnded() throws Exception {
      CompletableFuture<CommandResult> begun =
          begin(Command.looking(Launch.of("sh", "-c", "echo $$ > left; exec sleep 600"), PATIENCE));
      awaitAlive("left");
      commands.close();
      CommandRuns dead = commands;
      begin();

      get(commands.takeOver(List.of(RESOURCE)));

      assertThat(alive("left")).isFalse();
      assertThat(get(begun).exit()).isEqualTo(new Exit.Signal(9));
      assertThat(dead.looks()).isEmpty();
    }
  }

  @Nested
  class ThatChanges {
    @Test
    void itIsDurableBeforeItIsForked_andHasBothStreamsInTheResourcesLog() throws Exception {
      CommandResult result = change("echo out; echo err >&2; echo out again; exit 3");

      assertThat(result)
          .isEqualTo(
              new CommandResult(new Exit.Code(3), false, "out\nerr\nout again\n", "", false));
      assertThat(Files.readString(home.output(RESOURCE.toString())))
          .isEqualTo("out\nerr\nout again\n");
      assertThat(store.written.getFirst().process()).isEmpty();
      assertThat(store.written).anySatisfy(slot -> assertThat(slot.exit()).isPresent());
      assertThat(slots.of(RESOURCE)).as("no plugin sees its slot").isEmpty();
    }

    @Test
    void whatItLeavesWhenItSucceededGoesOn_andIsEndedWhenAsked() throws Exception {
      change("setsid sh -c 'echo $$ > left; exec sleep 600' & until test -s left; do :; done");
      assertThat(alive("left")).isTrue();
      change("true");
      assertThat(alive("left")).as("another command is no reason to end it").isTrue();

      get(commands.killLeft(RESOURCE));

      assertThat(alive("left")).isFalse();
    }

    @Test
    void whatHasNoTokenAnyMoreIsKnownByItsFolder_andNotTakenForWhatAnotherCommandLeft()
        throws Exception {
      change(
          "env -i setsid sh -c 'echo $$ > left; exec sleep 600' & until test -s left; do :; done");
      change("exit 1");
      assertThat(alive("left")).as("another command's failure is no reason to end it").isTrue();
      assertThat(slots.mayHaveLeft(RESOURCE)).isTrue();

      get(commands.gone(RESOURCE));

      assertThat(alive("left")).isFalse();
      assertThat(slots.mayHaveLeft(RESOURCE)).isFalse();
    }

    @Test
    void whatItLeavesIsAskedFirst_whenTheResourceIsGone() throws Exception {
      change(
          "setsid sh -c 'trap \"echo asked > asked; exit\" TERM; echo $$ > left; while :; do sleep"
              + " 0.01; done' & until test -s left; do :; done");

      get(commands.gone(RESOURCE));

      assertThat(alive("left")).isFalse();
      assertThat(own("asked")).hasContent("asked");
    }

    @Test
    void whatItLeavesWhenItFailedIsEnded() throws Exception {
      change(
          "setsid sh -c 'echo $$ > left; exec sleep 600' & until test -s left; do :; done; exit 1");

      assertThat(alive("left")).isFalse();
    }

    @Test
    void aThousandCommandsTakeAsManySlotsAsHaveLeftSomething() throws Exception {
      change("setsid sh -c 'echo $$ > left; exec sleep 600' & until test -s left; do :; done");
      for (int i = 0; i < 20; i++) {
        change("true");
      }

      assertThat(store.slots.keySet())
          .extracting(SlotKey::slot)
          .containsExactlyInAnyOrder("@run-1", "@run-2");
    }

    @Test
    void theNextServiceEndsWhatWasUnderWay_andKeepsWhatWasLeft() throws Exception {
      change("setsid sh -c 'echo $$ > left; exec sleep 600' & until test -s left; do :; done");
      CompletableFuture<CommandResult> begun =
          begin(
              Command.changing(
                  Launch.of(
                      "sh", "-c", "setsid sleep 600 & echo $! > half; echo $$ > way; sleep 600"),
                  PATIENCE));
      awaitAlive("way");
      awaitAlive("half");
      // Another life of the service, with the same processes: this one's watching goes on beside.
      processes.close();
      processes = LinuxProcesses.open(ProcessLimits.DEFAULT, (_, _) -> {});
      begin();

      get(slots.takeOver(_ -> Set.of()));

      assertThat(alive("way")).isFalse();
      assertThat(alive("half")).isFalse();
      assertThat(alive("left")).isTrue();
      assertThat(begun).isNotDone();
      get(commands.killLeft(RESOURCE));
      assertThat(alive("left")).isFalse();
    }
  }

  @Nested
  class NobodyWaits {
    @Test
    void aCancelledOneIsEndedBeforeTheNextOneBegins() throws Exception {
      var asked = asked();
      CompletableFuture<CommandResult> first =
          commands.run(
              asked,
              Command.looking(Launch.of("sh", "-c", "echo $$ > left; exec sleep 600"), PATIENCE));
      awaitAlive("left");
      CompletableFuture<CommandResult> second =
          begin(
              Command.looking(
                  Launch.of("sh", "-c", "kill -0 $(cat left) && echo there || echo gone"),
                  PATIENCE));

      commands.cancel(asked);

      assertThat(get(second).output()).isEqualTo("gone\n");
      assertThatThrownBy(() -> get(first)).hasMessageContaining("nobody waited");
    }

    @Test
    void whatAMonitorAskedForDiesWithIt_alsoWhatHadNotBegun() throws Exception {
      CompletableFuture<CommandResult> first =
          begin(
              Command.changing(Launch.of("sh", "-c", "echo $$ > left; exec sleep 600"), PATIENCE));
      CompletableFuture<CommandResult> second =
          begin(Command.changing(Launch.of("touch", "never"), PATIENCE));
      awaitAlive("left");

      commands.monitorDied(MONITOR);

      get(commands.settled(RESOURCE));
      assertThatThrownBy(() -> get(first)).hasMessageContaining("nobody waited");
      assertThatThrownBy(() -> get(second)).hasMessageContaining("nobody waited");
      assertThat(alive("left")).isFalse();
      assertThat(own("never")).doesNotExist();
    }
  }

  // ---- tools of the test ---------------------------------------------------------------------

  private CommandRuns.Asked asked() {
    return new CommandRuns.Asked(MONITOR, requests.incrementAndGet(), Optional.of(RESOURCE));
  }

  private CompletableFuture<CommandResult> begin(Command command) {
    return commands.run(asked(), command);
  }

  private CommandResult run(Command command) throws Exception {
    return get(begin(command));
  }

  private CommandResult look(String script) throws Exception {
    return run(Command.looking(Launch.of("sh", "-c", script), PATIENCE));
  }

  private CommandResult change(String script) throws Exception {
    return run(Command.changing(Launch.of("sh", "-c", script), PATIENCE));
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  private Path own(String file) {
    return home.resource(RESOURCE.toString()).resolve(file);
  }

  private void awaitAlive(String file) {
    await("the process of " + file + " lives").atMost(PATIENCE).until(() -> alive(file));
  }

  /** Whether the process whose pid is in a file of the resource lives. */
  private boolean alive(String file) throws IOException {
    if (!Files.exists(own(file)) || Files.readString(own(file)).isBlank()) {
      return false;
    }
    return processes.identify(Integer.parseInt(Files.readString(own(file)).strip())).isPresent();
  }

  private static final class Memory implements SlotStore {
    final Map<SlotKey, SlotRecord> slots = new ConcurrentHashMap<>();
    final List<SlotRecord> written = new CopyOnWriteArrayList<>();

    @Override
    public CompletableFuture<Void> write(SlotKey key, SlotRecord slot) {
      slots.put(key, slot);
      written.add(slot);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public Map<SlotKey, SlotRecord> readAll() {
      return Map.copyOf(slots);
    }
  }

  private final class Ends implements SlotListener {
    @Override
    public void started(SlotKey key, ProcessIdentity process) {}

    @Override
    public void adopted(SlotKey key, ProcessIdentity process) {}

    @Override
    public void ended(SlotKey key, SlotView slot, Exit exit) {
      commands.ended(key, exit);
    }

    @Override
    public void killed(SlotKey key, ProcessIdentity process, StopOutcome outcome) {}
  }
}
