package dev.holdfast.service.process;

import dev.holdfast.service.posix.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Processes that exist in memory only: numbered upward from 1001, and gone when they are killed.
 */
public final class FakeProcesses implements Processes {
  private static final String BOOT = "boot";

  private final AtomicInteger lastPid = new AtomicInteger(1000);
  private final Map<ProcessIdentity, Optional<ExitListener>> alive = new ConcurrentHashMap<>();
  private final Map<ProcessIdentity, SeenProcess> shown = new ConcurrentHashMap<>();
  private final BiConsumer<ProcessSpec, ProcessIdentity> started;

  /**
   * @param started hears of each start, and plays the process from then on
   */
  public FakeProcesses(BiConsumer<ProcessSpec, ProcessIdentity> started) {
    this.started = started;
  }

  @Override
  public CompletableFuture<ProcessIdentity> spawn(ProcessSpec spec) {
    ProcessIdentity process = adopt(lastPid.incrementAndGet());
    started.accept(spec, process);
    return CompletableFuture.completedFuture(process);
  }

  /** A process that was there before. */
  public ProcessIdentity adopt(int pid) {
    var process = new ProcessIdentity(pid, 1, BOOT);
    alive.put(process, Optional.empty());
    return process;
  }

  /** It ends. */
  public boolean end(ProcessIdentity process, ExitStatus how) {
    Optional<ExitListener> listener = alive.remove(process);
    if (listener == null) {
      return false;
    }
    listener.ifPresent(told -> told.onExit(process, how));
    return true;
  }

  @Override
  public void watch(ProcessIdentity process, ExitListener listener) {
    if (alive.computeIfPresent(process, (_, _) -> Optional.of(listener)) == null) {
      listener.onExit(process, new ExitStatus.Unknown("it was gone"));
    }
  }

  @Override
  public void acknowledge(ProcessIdentity process) {}

  @Override
  public CompletableFuture<StopOutcome> stop(
      ProcessIdentity leader, @Nullable SlotToken token, Signal signal, Duration grace) {
    var _ = end(leader, new ExitStatus.Signalled(signal.number(), false));
    return CompletableFuture.completedFuture(StopOutcome.nothing());
  }

  @Override
  public CompletableFuture<StopOutcome> kill(ProcessIdentity leader, @Nullable SlotToken token) {
    return stop(leader, token, Signal.KILL, Duration.ZERO);
  }

  @Override
  public CompletableFuture<StopOutcome> killDescent(ProcessIdentity leader, SlotToken token) {
    return kill(leader, token);
  }

  @Override
  public CompletableFuture<Boolean> leftNothing(ProcessIdentity dead, SlotToken token, Path place) {
    return leftNothing(dead, token);
  }

  @Override
  public CompletableFuture<StopOutcome> endLeft(
      ProcessIdentity dead, SlotToken token, Path place, Duration grace) {
    return kill(dead, token);
  }

  @Override
  public CompletableFuture<Map<SlotToken, List<ProcessIdentity>>> searchByPrefix(String prefix) {
    return CompletableFuture.completedFuture(Map.of());
  }

  @Override
  public CompletableFuture<Boolean> leftNothing(ProcessIdentity dead, SlotToken token) {
    return CompletableFuture.completedFuture(true);
  }

  @Override
  public boolean signal(ProcessIdentity process, Signal signal) {
    return end(process, new ExitStatus.Signalled(signal.number(), false));
  }

  @Override
  public boolean isAlive(ProcessIdentity process) {
    return alive.containsKey(process);
  }

  @Override
  public String programOf(ProcessIdentity process) {
    return "program-" + process.pid();
  }

  @Override
  public Optional<ProcessIdentity> identify(int pid) {
    return alive.keySet().stream().filter(process -> process.pid() == pid).findFirst();
  }

  @Override
  public Optional<Character> state(ProcessIdentity process) {
    return isAlive(process) ? Optional.of('S') : Optional.empty();
  }

  @Override
  public BootTicks now() {
    return new BootTicks(1, BOOT);
  }

  @Override
  public CompletableFuture<List<TokenHolder>> search(SlotToken token, BootTicks since) {
    return CompletableFuture.completedFuture(List.of());
  }

  @Override
  public CompletableFuture<List<SeenProcess>> all() {
    return CompletableFuture.completedFuture(
        alive.keySet().stream()
            .map(
                process ->
                    shown.getOrDefault(
                        process, new SeenProcess(process, 1, true, Optional.empty(), List.of())))
            .toList());
  }

  /** How a process that is there looks from outside, from now on. */
  public void show(SeenProcess process) {
    shown.put(process.process(), process);
  }

  @Override
  public BoundedOutput keepBounded(Path output, long limitBytes) {
    throw new UnsupportedOperationException("these processes write nothing");
  }

  @Override
  public void close() {}
}
