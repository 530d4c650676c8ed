package dev.holdfast.service.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.posix.Signal;
import dev.holdfast.service.process.BootTicks;
import dev.holdfast.service.process.ExitListener;
import dev.holdfast.service.process.LinuxProcesses;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.ProcessLimits;
import dev.holdfast.service.process.ProcessSpec;
import dev.holdfast.service.process.Processes;
import dev.holdfast.service.process.SlotToken;
import dev.holdfast.service.process.StopOutcome;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.ResourceException.Responsibility;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes; only the store and the listener are the test's own. */
class SlotsTest {
  /** For every wait; far beyond what a loaded machine needs. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/local/bin:/usr/bin:/bin");
  private static final SlotKey KEY = new SlotKey(new ResourceId(new UUID(0, 1)), "main");
  private static final Launch SLEEP = Launch.of("sleep", "600");
  private static final SlotToken TOKEN = new SlotToken("slots-test-token-of-one-start");

  @TempDir Path folder;
  private final Memory store = new Memory();
  private final Heard heard = new Heard();
  private final List<ProcessIdentity> toKill = new ArrayList<>();
  private ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private Processes processes;
  private Home home;
  private Slots slots;

  @BeforeEach
  void open() throws IOException {
    home = Home.open(folder.resolve("home"));
    processes = LinuxProcesses.open(ProcessLimits.DEFAULT, (_, _) -> {});
    slots = new Slots(home, processes, store, heard, UUID::randomUUID, executor);
  }

  @AfterEach
  void close() throws Exception {
    var _ = get(slots.killAll());
    for (ProcessIdentity process : toKill) {
      var _ = get(processes.kill(process, null));
    }
    slots.close();
    processes.close();
    executor.close();
  }

  @Test
  void startsAProcessWithItsTokenAndItsOwnDirectory() throws Exception {
    SlotView view = start(Launch.of("sh", "-c", "pwd; echo $HOLDFAST_SLOT; exec sleep 600"));

    assertThat(view.alive()).isTrue();
    assertThat(view.exit()).isEmpty();
    assertThat(heard.started).extracting(ProcessIdentity::pid).containsExactly(pid(view));
    String id = KEY.resource().toString();
    until("it wrote two lines", () -> read(home.output(id)).lines().count() == 2);
    assertThat(read(home.output(id))).isEqualTo(home.resource(id) + "\n" + view.nonce() + "\n");
    assertThat(slots.occupied()).containsExactly(KEY);
    assertThat(slots.of(KEY.resource())).containsExactly(view);
  }

  @Test
  void anIntentIsDurableBeforeTheProcessAndItsIdentityBeforeTheAnswer() throws Exception {
    SlotView view = start(SLEEP);

    assertThat(store.written).hasSize(2);
    SlotRecord intent = store.written.getFirst();
    assertThat(intent.process()).isEmpty();
    assertThat(intent.token().value()).isEqualTo(view.nonce());
    SlotRecord started = store.written.getLast();
    assertThat(started.token()).isEqualTo(intent.token());
    assertThat(started.process().orElseThrow().pid()).isEqualTo(pid(view));
  }

  @Test
  void theIntentOfTheNextStartIsWrittenDownWithTheEnd_soThatNoForkWaitsForIt() throws Exception {
    SlotView first = start(Launch.of("sh", "-c", "exit 3"));
    assertThat(heard.nextEnd()).isEqualTo(new Exit.Code(3));
    assertReaped(first);
    SlotToken next = store.last().next().orElseThrow().token();
    assertThat(store.written).hasSize(3);

    SlotView second = start(SLEEP);

    assertThat(second.nonce()).isEqualTo(next.value());
    assertThat(store.written).hasSize(4);
    assertThat(store.last().isOccupied()).isTrue();
    assertThat(store.last().next()).isEmpty();
  }

  @Test
  void anotherStopSignalIsWrittenDownBeforeTheFork() throws Exception {
    SlotView first = start(Launch.of("sh", "-c", "exit 3"));
    var _ = heard.nextEnd();
    assertReaped(first);

    start(SLEEP.stoppedBy("USR1"));

    SlotRecord intent = store.written.get(3);
    assertThat(intent.process()).isEmpty();
    assertThat(intent.stopSignal()).isEqualTo("USR1");
  }

  @Test
  void aSecondStartReturnsTheProcessThatLives() throws Exception {
    SlotView first = start(SLEEP);

    assertThat(start(Launch.of("sleep", "601"))).isEqualTo(first);
    assertThat(heard.started).hasSize(1);
  }

  @Test
  void startsAtOnceMakeOneProcess() throws Exception {
    var starts = new ArrayList<CompletableFuture<SlotView>>();
    for (int i = 0; i < 32; i++) {
      starts.add(
          CompletableFuture.completedFuture(KEY)
              .thenComposeAsync(key -> slots.start(key, SLEEP, ENVIRONMENT), executor));
    }
    var pids = new ArrayList<Integer>();
    for (CompletableFuture<SlotView> started : starts) {
      pids.add(pid(get(started)));
    }

    assertThat(pids).containsOnly(pids.getFirst());
    assertThat(heard.started).hasSize(1);
  }

  @Test
  void slotsOfOneResourceHaveProcessesOfTheirOwn() throws Exception {
    SlotView main = start(SLEEP);
    var other = new SlotKey(KEY.resource(), "helper");

    SlotView helper = get(slots.start(other, SLEEP, ENVIRONMENT));

    assertThat(pid(helper)).isNotEqualTo(pid(main));
    assertThat(slots.of(KEY.resource())).containsExactlyInAnyOrder(main, helper);
  }

  @Test
  void aStopSendsTheLaunchsSignalAndTellsHowItEnded() throws Exception {
    Launch launch =
        Launch.of("sh", "-c", "trap 'exit 7' USR1; echo ready; while :; do sleep 0.02; done")
            .stoppedBy("USR1");
    SlotView view = start(launch);
    until("its trap is set", () -> read(home.output(KEY.resource().toString())).contains("ready"));

    SlotView stopped = get(slots.stop(KEY, PATIENCE));

    assertThat(stopped.alive()).isFalse();
    assertThat(heard.nextEnd()).isEqualTo(new Exit.Code(7));
    assertReaped(view);
    assertThat(store.last().exit()).contains(new Exit.Code(7));
  }

  @Test
  void whatIgnoresItsStopSignalIsKilledAfterTheGrace() throws Exception {
    SlotView view =
        start(Launch.of("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.02; done"));
    until("its trap is set", () -> read(home.output(KEY.resource().toString())).contains("ready"));

    assertThat(get(slots.stop(KEY, Duration.ofMillis(100))).alive()).isFalse();

    assertThat(heard.nextEnd()).isEqualTo(new Exit.Signal(9));
    assertThat(heard.killed)
        .singleElement()
        .satisfies(
            outcome -> {
              assertThat(outcome.obeyed()).isFalse();
              assertThat(outcome.given()).isGreaterThanOrEqualTo(Duration.ofMillis(100));
            });
    assertReaped(view);
  }

  @Test
  void aKilledSlotCanBeStartedAgain() throws Exception {
    SlotView first = start(SLEEP);

    assertThat(get(slots.kill(KEY)).alive()).isFalse();
    assertThat(heard.nextEnd()).isEqualTo(new Exit.Signal(9));
    assertReaped(first);
    SlotView second = start(SLEEP);

    assertThat(second.alive()).isTrue();
    assertThat(second.nonce()).isNotEqualTo(first.nonce());
  }

  /** So it is with a process of an earlier service: how it ended takes a while to find out. */
  @Test
  void whatWasSeenGoneHasEnded_thoughHowItDidIsNotToldYet() throws Exception {
    var late = new LinkedBlockingQueue<Runnable>();
    slots =
        overProcessesWhose(
            "watch",
            arguments -> {
              var told = (ExitListener) arguments[1];
              arguments[1] = (ExitListener) (p, how) -> late.add(() -> told.onExit(p, how));
            });
    SlotView first = start(SLEEP);

    assertThat(get(slots.kill(KEY)).alive()).isFalse();
    assertThat(slots.of(KEY.resource())).extracting(SlotView::alive).containsExactly(false);
    assertThat(slots.occupied()).isEmpty();
    SlotView second = start(SLEEP);
    Objects.requireNonNull(late.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).run();

    assertThat(second.nonce()).isNotEqualTo(first.nonce());
    assertThat(heard.nextEnd()).isEqualTo(new Exit.Signal(9));
    assertReaped(first);
    assertThat(slots.of(KEY.resource())).containsExactly(second);
    assertThat(store.last().token().value()).isEqualTo(second.nonce());
    assertThat(store.last().isOccupied()).isTrue();
    assertThat(get(slots.kill(KEY)).alive()).isFalse();
    Objects.requireNonNull(late.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).run();
    assertReaped(second);
  }

  @Test
  void anExitByItselfIsToldOnceWrittenDownAndReaped() throws Exception {
    SlotView view = start(Launch.of("sh", "-c", "exit 3"));

    assertThat(heard.nextEnd()).isEqualTo(new Exit.Code(3));
    assertReaped(view);
    assertThat(heard.ends).isEmpty();
    assertThat(store.last().exit()).contains(new Exit.Code(3));
    assertThat(slots.occupied()).isEmpty();
    assertThat(get(slots.stop(KEY, PATIENCE)).exit()).contains(new Exit.Code(3));
    assertThat(heard.ends).isEmpty();
  }

  @Test
  void whatAProcessThatEndedByItselfLeftBehindIsKilled() throws Exception {
    Path left = folder.resolve("left.pid");
    start(Launch.of("sh", "-c", "setsid sleep 600 & echo $! > " + left + "; exit 3"));
    assertThat(heard.nextEnd()).isEqualTo(new Exit.Code(3));
    int pid = Integer.parseInt(read(left).strip());
    assertThat(processes.identify(pid)).isPresent();

    assertThat(get(slots.kill(KEY)).exit()).contains(new Exit.Code(3));

    assertThat(processes.identify(pid)).isEmpty();
  }

  @RepeatedTest(10) // Its shell's exit meets the exec of what it leaves, and once was missed.
  void whatAProcessLeftBehindIsKilledBeforeTheNextOne_thoughNobodyAskedForIt() throws Exception {
    Path left = folder.resolve("left.pid");
    start(Launch.of("sh", "-c", "setsid sleep 600 & echo $! > " + left + "; exit 3"));
    assertThat(heard.nextEnd()).isEqualTo(new Exit.Code(3));
    int pid = Integer.parseInt(read(left).strip());
    assertThat(processes.identify(pid)).isPresent();

    start(SLEEP);

    assertThat(processes.identify(pid)).isEmpty();
  }

  @Test
  void theExitOfADeletedResourceIsReapedThoughItCannotBeWrittenDown() throws Exception {
    SlotView view = start(SLEEP);
    store.refused = slot -> slot.exit().isPresent();

    slots.forget(KEY.resource());
    processes.signal(processes.identify(pid(view)).orElseThrow(), Signal.KILL);

    assertThat(heard.nextEnd()).isEqualTo(new Exit.Signal(9));
    assertReaped(view);
  }

  @Test
  void aCommandThatIsNotThereIsTheUsersAndLeavesTheSlotFree() throws Exception {
    var failed = slots.start(KEY, Launch.of("no-such-program-anywhere"), ENVIRONMENT);

    assertThatThrownBy(() -> get(failed))
        .cause()
        .isInstanceOfSatisfying(
            SlotException.class,
            e -> {
              assertThat(e.code()).isEqualTo("CommandNotFound");
              assertThat(e.responsibility()).isEqualTo(Responsibility.USER);
            })
        .hasMessageContaining("no-such-program-anywhere");
    assertThat(slots.occupied()).isEmpty();
    assertThat(store.last().exit()).contains(new Exit.Unknown());
    assertThat(start(SLEEP).alive()).isTrue();
  }

  @Test
  void aSlotThatNeverWasCannotBeStopped() {
    assertThatThrownBy(() -> get(slots.stop(KEY, PATIENCE)))
        .cause()
        .isInstanceOfSatisfying(
            SlotException.class, e -> assertThat(e.code()).isEqualTo("NoSuchSlot"));
  }

  @Test
  void aProcessWhoseIdentityCannotBeWrittenDownDoesNotGoOnRunning() throws Exception {
    store.refused = slot -> slot.process().isPresent() && slot.exit().isEmpty();
    Path pidFile = folder.resolve("pid");

    var failed =
        slots.start(
            KEY, Launch.of("sh", "-c", "echo $$ > " + pidFile + "; exec sleep 600"), ENVIRONMENT);

    assertThatThrownBy(() -> get(failed)).hasRootCauseMessage("the store is full");
    assertThat(slots.occupied()).isEmpty();
    SlotToken token = store.written.getFirst().token();
    BootTicks since = store.written.getFirst().intended();
    until("nothing carries its token", () -> processes.search(token, since).join().isEmpty());
  }

  @Test
  void aProcessThatCannotBeWatchedDoesNotGoOnRunning() throws Exception {
    var once = new AtomicBoolean();
    slots =
        overProcessesWhose(
            "watch",
            _ -> {
              if (once.compareAndSet(false, true)) {
                throw new UncheckedIOException(new IOException("too many open files"));
              }
            });

    var failed = slots.start(KEY, SLEEP, ENVIRONMENT);

    assertThatThrownBy(() -> get(failed)).hasRootCauseMessage("too many open files");
    assertThat(slots.occupied()).isEmpty();
    SlotToken token = store.written.getFirst().token();
    BootTicks since = store.written.getFirst().intended();
    until("nothing carries its token", () -> processes.search(token, since).join().isEmpty());
  }

  @Test
  void aLivingProcessIsTakenOverAndItsEndIsHeard() throws Exception {
    ProcessIdentity process = spawnMarked();
    store.records.put(KEY, intent(processes.now()).started(process));

    var _ = get(slots.takeOver(_ -> Set.of()));

    assertThat(heard.adopted).containsExactly(process);
    assertThat(slots.occupied()).containsExactly(KEY);
    assertThat(pid(start(SLEEP))).isEqualTo(process.pid());
    assertThat(heard.started).isEmpty();
    assertThat(get(slots.kill(KEY)).alive()).isFalse();
    assertThat(heard.nextEnd()).isEqualTo(new Exit.Signal(9));
  }

  @Test
  void ofAProcessThatEndedMeanwhileItIsSaidThatHowIsUnknown() throws Exception {
    BootTicks now = processes.now();
    // This JVM's pid in an earlier life: a pid that was given out again.
    var gone = new ProcessIdentity((int) ProcessHandle.current().pid(), 1, now.bootId());
    store.records.put(KEY, intent(now).started(gone));

    var _ = get(slots.takeOver(_ -> Set.of()));

    assertThat(heard.adopted).isEmpty();
    assertThat(heard.nextEnd()).isEqualTo(new Exit.Unknown());
    assertThat(slots.occupied()).isEmpty();
    until("it is written down", () -> store.last().exit().isPresent());
  }

  /** It was found Running in that moment, as which it then failed: init may be slow to reap. */
  @Test
  void whatIsAZombieStill_isNotTakenForWhatRuns() throws Exception {
    ProcessIdentity process = spawnMarked();
    assertThat(processes.signal(process, Signal.KILL)).isTrue();
    until("it is dead, and not reaped", () -> !processes.isAlive(process));
    store.records.put(KEY, intent(processes.now()).started(process));
    Slots slow = new Slots(home, tellingLate(), store, heard, UUID::randomUUID, executor);

    var _ = get(slow.takeOver(_ -> Set.of()));

    assertThat(slow.of(KEY.resource())).noneMatch(SlotView::alive);
    assertThat(heard.adopted).isEmpty();
    assertThat(heard.nextEnd()).isEqualTo(new Exit.Signal(9));
  }

  /** As on a busy machine: the end of a process is told a while after it. */
  private Processes tellingLate() {
    return (Processes)
        Proxy.newProxyInstance(
            Processes.class.getClassLoader(),
            new Class<?>[] {Processes.class},
            (_, called, arguments) -> {
              if (called.getName().equals("watch")) {
                var process = (ProcessIdentity) arguments[0];
                var listener = (ExitListener) arguments[1];
                processes.watch(
                    process,
                    (gone, status) ->
                        CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS)
                            .execute(() -> listener.onExit(gone, status)));
                return null;
              }
              return called.invoke(processes, arguments);
            });
  }

  @Test
  void aStartThatWasCutOffAfterTheForkIsFoundByItsToken() throws Exception {
    assertFoundByItsToken(intent(processes.now()));
  }

  @Test
  void aLaterStartThatWasCutOffAfterTheForkIsFoundByTheTokenWrittenWithTheEnd() throws Exception {
    assertFoundByItsToken(endedWithNext(processes.now()));
  }

  private void assertFoundByItsToken(SlotRecord written) throws Exception {
    store.records.put(KEY, written);
    ProcessIdentity process = spawnMarked();

    var _ = get(slots.takeOver(_ -> Set.of()));

    assertThat(heard.adopted).containsExactly(process);
    assertThat(store.last().process()).contains(process);
    assertThat(pid(start(SLEEP))).isEqualTo(process.pid());
  }

  @Test
  void aTokenThatNobodyCarriesLeavesTheEndAsItWasWrittenDown() throws Exception {
    SlotRecord ended = endedWithNext(processes.now());
    store.records.put(KEY, ended);

    var _ = get(slots.takeOver(_ -> Set.of()));

    assertThat(heard.adopted).isEmpty();
    assertThat(store.written).isEmpty();
    assertThat(store.last()).isEqualTo(ended);
    assertThat(start(SLEEP).nonce()).isEqualTo(TOKEN.value());
  }

  @Test
  void aStartThatWasCutOffBeforeTheForkLeavesTheSlotFree() throws Exception {
    store.records.put(KEY, intent(processes.now()));

    var _ = get(slots.takeOver(_ -> Set.of()));

    assertThat(heard.adopted).isEmpty();
    assertThat(store.last().exit()).contains(new Exit.Unknown());
    assertThat(start(SLEEP).alive()).isTrue();
    assertThat(heard.started).hasSize(1);
  }

  // ---- another node --------------------------------------------------------------------------

  @Test
  void whatAnotherNodeStartedIsEndedAndNotTakenOver() throws Exception {
    ProcessIdentity process = spawnMarked();
    store.records.put(KEY, intent(processes.now()).started(process));
    store.others.put(KEY, "alpha");

    var _ = get(slots.takeOver(_ -> Set.of()));

    assertThat(heard.ofOthers).containsExactly("alpha");
    assertThat(heard.adopted).isEmpty();
    assertThat(processes.isAlive(process)).isFalse();
    assertThat(slots.occupied()).isEmpty();
    assertThat(slots.standingOfOtherNode(KEY.resource())).isEmpty();
    assertThat(pid(start(SLEEP))).isNotEqualTo(process.pid());
  }

  @Test
  void aStartThatWasCutOffOnAnotherNodeIsFoundByItsTokenAndEnded() throws Exception {
    store.records.put(KEY, intent(processes.now()));
    store.others.put(KEY, "alpha");
    ProcessIdentity process = spawnMarked();

    var _ = get(slots.takeOver(_ -> Set.of()));

    assertThat(heard.ofOthers).containsExactly("alpha");
    assertThat(processes.isAlive(process)).isFalse();
    assertThat(slots.standingOfOtherNode(KEY.resource())).isEmpty();
  }

  @Test
  void whatAnotherNodeStartedIsEndedInTheOrderOfAnOffline_alsoAcrossOneThatHasNoProcess()
      throws Exception {
    ResourceId disk = new ResourceId(new UUID(0, 10));
    ResourceId between = new ResourceId(new UUID(0, 11));
    ResourceId shop = new ResourceId(new UUID(0, 12));
    Map<ResourceId, Set<ResourceId>> dependents =
        Map.of(disk, Set.of(between), between, Set.of(shop));
    ofAlpha(disk, "echo disk >>order");
    ofAlpha(shop, "sleep 0.3; echo shop >>order");

    var _ = get(slots.takeOver(provider -> dependents.getOrDefault(provider, Set.of())));

    assertThat(read(folder.resolve("order"))).isEqualTo("shop\ndisk\n");
    assertThat(slots.occupied()).isEmpty();
  }

  /** A process of another node that does something when it is asked to end. */
  private void ofAlpha(ResourceId resource, String atEnd) throws Exception {
    var key = new SlotKey(resource, "main");
    var token = new SlotToken("slots-test-" + resource);
    Path out = folder.resolve(resource + ".log");
    ProcessIdentity process =
        spawn(
            List.of(
                "sh",
                "-c",
                "trap '%s; exit' TERM; echo ready; while :; do sleep 0.02; done".formatted(atEnd)),
            token,
            out);
    until("its trap is set", () -> read(out).contains("ready"));
    SlotRecord.Intent intent = new SlotRecord.Intent(token, processes.now());
    store.records.put(key, SlotRecord.intent(intent, "TERM").started(process));
    store.others.put(key, "alpha");
  }

  @Test
  void whatAnotherNodeStartedAndCannotBeEndedIsTriedAgainAndKeepsTheResourceOut() throws Exception {
    ProcessIdentity process = spawnMarked();
    var tries = new AtomicInteger();
    Slots powerless =
        overProcessesWhose(
            Set.of("stop", "kill"),
            () -> {
              tries.incrementAndGet();
              Object standing =
                  CompletableFuture.completedFuture(
                      new StopOutcome(
                          true,
                          false,
                          Duration.ZERO,
                          Duration.ZERO,
                          List.of(new StopOutcome.Survivor(process, "sleep", 'D', ""))));
              return standing;
            });
    store.records.put(KEY, intent(processes.now()).started(process));
    store.others.put(KEY, "alpha");

    var _ = get(powerless.takeOver(_ -> Set.of()));

    assertThat(powerless.standingOfOtherNode(KEY.resource()).orElseThrow())
        .contains("node alpha", "pid " + process.pid());
    var _ = get(powerless.findable(KEY.resource()));
    assertThat(tries).hasValue(2);
    assertThat(powerless.standingOfOtherNode(KEY.resource())).isPresent();
  }

  private Slots overProcessesWhose(Set<String> methods, Supplier<Object> answer) {
    var proxy =
        (Processes)
            Proxy.newProxyInstance(
                Processes.class.getClassLoader(),
                new Class<?>[] {Processes.class},
                (_, called, arguments) -> {
                  if (methods.contains(called.getName())) {
                    return answer.get();
                  }
                  try {
                    return called.invoke(processes, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new Slots(home, proxy, store, heard, UUID::randomUUID, executor);
  }

  // ---- the bed -----------------------------------------------------------------------------

  private SlotView start(Launch launch) throws Exception {
    return get(slots.start(KEY, launch, ENVIRONMENT));
  }

  /** Slots over real processes, after something was done to the arguments of a method. */
  private Slots overProcessesWhose(String method, Consumer<Object[]> before) {
    var proxy =
        (Processes)
            Proxy.newProxyInstance(
                Processes.class.getClassLoader(),
                new Class<?>[] {Processes.class},
                (_, called, arguments) -> {
                  if (called.getName().equals(method)) {
                    before.accept(arguments);
                  }
                  try {
                    return called.invoke(processes, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new Slots(home, proxy, store, heard, UUID::randomUUID, executor);
  }

  private ProcessIdentity spawnMarked() throws Exception {
    return spawn(SLEEP.command(), TOKEN, folder.resolve("out.log"));
  }

  private ProcessIdentity spawn(List<String> command, SlotToken token, Path out) throws Exception {
    ProcessIdentity process =
        get(processes.spawn(ProcessSpec.of(command, folder, ENVIRONMENT, out).marked(token)));
    toKill.add(process);
    return process;
  }

  /** Its first life ended with 3, and the next is to carry the token. */
  private static SlotRecord endedWithNext(BootTicks now) {
    var first = new SlotRecord.Intent(new SlotToken("slots-test-first-life"), now);
    var gone = new ProcessIdentity((int) ProcessHandle.current().pid(), 1, now.bootId());
    return SlotRecord.intent(first, "TERM")
        .started(gone)
        .ended(new Exit.Code(3), new SlotRecord.Intent(TOKEN, now));
  }

  private static SlotRecord intent(BootTicks now) {
    return SlotRecord.intent(new SlotRecord.Intent(TOKEN, now), "TERM");
  }

  private static int pid(SlotView view) {
    return view.pid().orElseThrow();
  }

  /** Not even a zombie is left. */
  private static void assertReaped(SlotView view) {
    Path process = Path.of("/proc", Integer.toString(pid(view)));
    until(process + " is reaped", () -> !Files.exists(process));
  }

  private static String read(Path path) {
    try {
      return Files.exists(path) ? Files.readString(path) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void until(String what, BooleanSupplier condition) {
    await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(condition::getAsBoolean);
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** A store that refuses what the test says. */
  private static final class Memory implements SlotStore {
    final Map<SlotKey, SlotRecord> records = new ConcurrentHashMap<>();
    final List<SlotRecord> written = new java.util.concurrent.CopyOnWriteArrayList<>();
    final Map<SlotKey, String> others = new ConcurrentHashMap<>();
    volatile Predicate<SlotRecord> refused = _ -> false;

    @Override
    public CompletableFuture<Void> write(SlotKey key, SlotRecord slot) {
      if (refused.test(slot)) {
        return CompletableFuture.failedFuture(new IOException("the store is full"));
      }
      records.put(key, slot);
      written.add(slot);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public Map<SlotKey, SlotRecord> readAll() {
      return Map.copyOf(records);
    }

    @Override
    public Map<SlotKey, String> ofOtherNodes() {
      return Map.copyOf(others);
    }

    SlotRecord last() {
      return Objects.requireNonNull(records.get(KEY));
    }
  }

  /** What was told. */
  private static final class Heard implements SlotListener {
    final BlockingQueue<ProcessIdentity> started = new LinkedBlockingQueue<>();
    final BlockingQueue<ProcessIdentity> adopted = new LinkedBlockingQueue<>();
    final BlockingQueue<String> ofOthers = new LinkedBlockingQueue<>();
    final BlockingQueue<Exit> ends = new LinkedBlockingQueue<>();
    final BlockingQueue<StopOutcome> killed = new LinkedBlockingQueue<>();

    @Override
    public void started(SlotKey key, ProcessIdentity process) {
      started.add(process);
    }

    @Override
    public void adopted(SlotKey key, ProcessIdentity process) {
      adopted.add(process);
    }

    @Override
    public void foundOfOtherNode(SlotKey key, ProcessIdentity process, String node) {
      ofOthers.add(node);
    }

    @Override
    public void ended(SlotKey key, SlotView slot, Exit exit) {
      ends.add(exit);
    }

    @Override
    public void killed(SlotKey key, ProcessIdentity process, StopOutcome outcome) {
      killed.add(outcome);
    }

    Exit nextEnd() throws InterruptedException {
      Exit next = ends.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(next).as("an end is told").isNotNull();
      return Objects.requireNonNull(next);
    }
  }
}
