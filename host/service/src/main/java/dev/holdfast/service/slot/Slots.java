package dev.holdfast.service.slot;

import dev.holdfast.cluster.ResourceId;
import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.posix.Signal;
import dev.holdfast.service.process.BoundedOutput;
import dev.holdfast.service.process.ExitStatus;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.ProcessSpec;
import dev.holdfast.service.process.Processes;
import dev.holdfast.service.process.SlotToken;
import dev.holdfast.service.process.StopOutcome;
import dev.holdfast.service.process.TokenHolder;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process slots of all resources: the one place where applications are started, watched and
 * stopped.
 *
 * <p>What is asked of one slot is done one after the other, so a slot has at most one living
 * process: a start that finds one alive returns it, a stop that comes while a start is under way
 * waits for it. The order of a start is intent durable, fork, identity durable, answer; of an end:
 * told, written down with the intent of the next start, reaped.
 *
 * <p>Thread-safe; nothing waits, all answers are futures.
 */
public final class Slots implements AutoCloseable {
  /** What a resource's output file may grow to before its older half is moved away. */
  public static final long OUTPUT_LIMIT_BYTES = 8L << 20;

  /** How long a take-over waits for the end of a dead process to be told, should that hang. */
  private static final Duration END_TOLD = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(Slots.class);

  private final Home home;
  private final Processes processes;
  private final SlotStore store;
  private final SlotListener listener;
  private final Supplier<UUID> ids;
  private final Executor executor;
  private final Map<SlotKey, SlotRecord> records = new ConcurrentHashMap<>();

  /** Each slot's last write. */
  private final Map<SlotKey, CompletableFuture<Void>> written = new ConcurrentHashMap<>();

  private final Turns<SlotKey> turns;

  /** Which slots a resource has; so that a call of one of a thousand need not look at all. */
  private final Map<ResourceId, Set<SlotKey>> keys = new ConcurrentHashMap<>();

  private final Map<ResourceId, BoundedOutput> outputs = new ConcurrentHashMap<>();

  /**
   * Of processes that ended by themselves: whether they left anything. By token, while it counts.
   */
  private final Map<SlotToken, CompletableFuture<Boolean>> looks = new ConcurrentHashMap<>();

  /** Of which it was seen that nothing is left; by token, while it counts. */
  private final Set<SlotToken> gone = ConcurrentHashMap.newKeySet();

  private final OfOtherNodes ofOtherNodes =
      new OfOtherNodes((key, grace) -> then(key, () -> end(key, grace)));

  /**
   * @param ids where tokens come from
   * @param executor runs continuations; its tasks do not block but on short file operations
   */
  public Slots(
      Home home,
      Processes processes,
      SlotStore store,
      SlotListener listener,
      Supplier<UUID> ids,
      Executor executor) {
    this.home = home;
    this.processes = processes;
    this.store = store;
    this.listener = listener;
    this.ids = ids;
    this.executor = executor;
    this.turns = new Turns<>(executor);
  }

  /**
   * Takes over what is written down: processes that live are watched again, of those that ended
   * while nobody looked it is written down that how is unknown, and a start that was cut off
   * between fork and record is found by its token. What another node started is not taken over but
   * ended, with all of its tree: it runs on that node's configuration. That is done in the order of
   * an offline, those first that depend on others.
   *
   * @param dependents the resources that directly depend on one
   */
  public CompletableFuture<Void> takeOver(Function<ResourceId, Set<ResourceId>> dependents) {
    var work = new ArrayList<CompletableFuture<?>>();
    ofOtherNodes.found(store.ofOtherNodes());
    store
        .readAll()
        .forEach(
            (key, slot) -> {
              StepPoint.SERVICE_TAKE_SLOT.before();
              records.put(key, slot);
              index(key);
              if (slot.isOccupied()) {
                ProcessIdentity process = slot.process().orElseThrow();
                boolean alive = processes.isAlive(process);
                if (alive) {
                  tellFound(key, process);
                }
                CompletableFuture<Void> end = watch(key, slot, process);
                if (!alive) {
                  // Until its end is told it would be taken for what runs, and then fail.
                  work.add(end.completeOnTimeout(null, END_TOLD.toMillis(), TimeUnit.MILLISECONDS));
                } else if (key.isCommands()) {
                  work.add(kill(key)); // Nobody waits for it any more.
                }
              } else if (slot.isIntent()) {
                work.add(
                    then(
                        key,
                        () -> findByToken(key, slot, slot.ended(new Exit.Unknown(), next(key)))));
              } else {
                slot.following()
                    .ifPresent(
                        following -> work.add(then(key, () -> findByToken(key, following, slot))));
              }
              StepPoint.SERVICE_TAKE_SLOT.after();
            });
    ofOtherNodes.retain(records.keySet());
    work.add(ofOtherNodes.endAll(dependents));
    return CompletableFuture.allOf(work.toArray(CompletableFuture[]::new));
  }

  private void tellFound(SlotKey key, ProcessIdentity process) {
    ofOtherNodes
        .node(key)
        .ifPresentOrElse(
            node -> listener.foundOfOtherNode(key, process, node),
            () -> listener.adopted(key, process));
  }

  /**
   * What another node started for the resource and could not be ended, in words. While there is
   * any, nothing of the resource may be started.
   */
  public Optional<String> standingOfOtherNode(ResourceId resource) {
    return ofOtherNodes.standing(
        resource, key -> Optional.ofNullable(records.get(key)).flatMap(SlotRecord::process));
  }

  /**
   * Completes when the resource can be looked for: nothing is under way any more, and what another
   * node started is ended, or was tried once more.
   */
  public CompletableFuture<Void> findable(ResourceId resource) {
    return ofOtherNodes.tryAgain(resource).thenCompose(_ -> settled(resource));
  }

  /**
   * @param otherwise the record when there is none
   */
  private CompletableFuture<SlotView> findByToken(
      SlotKey key, SlotRecord slot, SlotRecord otherwise) {
    return processes
        .search(slot.token(), slot.intended())
        .thenComposeAsync(
            holders -> {
              Optional<TokenHolder> first = holders.stream().findFirst();
              if (first.isEmpty()) {
                CompletableFuture<Void> kept =
                    otherwise.equals(records.get(key))
                        ? CompletableFuture.completedFuture(null)
                        : keep(key, otherwise);
                return kept.thenApply(_ -> view(key, otherwise));
              }
              SlotRecord started = slot.started(first.get().process());
              return keep(key, started)
                  .thenApply(
                      _ -> {
                        tellFound(key, first.get().process());
                        var _ = watch(key, started, first.get().process());
                        return view(key, started);
                      })
                  .thenCompose(
                      view ->
                          key.isCommands()
                              ? end(key, null)
                              : CompletableFuture.completedFuture(view));
            },
            executor);
  }

  /** A resource's slots as plugins know them, as they are now. */
  public List<SlotView> of(ResourceId resource) {
    return keysOf(resource).stream()
        .filter(SlotKey::isPlugins)
        .flatMap(key -> Optional.ofNullable(records.get(key)).map(slot -> view(key, slot)).stream())
        .toList();
  }

  /** A slot as it is now; empty when nothing was ever started in it. */
  public Optional<SlotView> find(SlotKey key) {
    return Optional.ofNullable(records.get(key)).map(slot -> view(key, slot));
  }

  private SlotRecord.Intent next(SlotKey key) {
    return new SlotRecord.Intent(
        SlotToken.of(key.resource().value(), key.slot(), ids.get()), processes.now());
  }

  private SlotView view(SlotKey key, SlotRecord slot) {
    return SlotView.of(key.slot(), slot, gone.contains(slot.token()));
  }

  private boolean isOccupied(SlotRecord slot) {
    return slot.isOccupied() && !gone.contains(slot.token());
  }

  private void index(SlotKey key) {
    keys.computeIfAbsent(key.resource(), _ -> ConcurrentHashMap.newKeySet()).add(key);
  }

  private Set<SlotKey> keysOf(ResourceId resource) {
    return keys.getOrDefault(resource, Set.of());
  }

  /** The slots of all resources that have a living process. */
  public List<SlotKey> occupied() {
    return records.entrySet().stream()
        .filter(entry -> isOccupied(entry.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Completes when nothing that was asked of the resource's slots is under way any more. */
  public CompletableFuture<Void> settled(ResourceId resource) {
    return CompletableFuture.allOf(
        keysOf(resource).stream().map(turns::settled).toArray(CompletableFuture[]::new));
  }

  /**
   * Starts a slot's process, or returns the one that lives. Fails with a {@link SlotException}.
   *
   * @param environment what the process inherits from the service, without the launch's own
   */
  public CompletableFuture<SlotView> start(
      SlotKey key, Launch launch, Map<String, String> environment) {
    return then(
        key,
        () -> {
          SlotRecord current = records.get(key);
          if (current != null && isOccupied(current)) {
            return CompletableFuture.completedFuture(view(key, current));
          }
          return endWhatIsLeft(key, current).thenCompose(_ -> startNew(key, launch, environment));
        });
  }

  /**
   * A leader may have died while nobody asked for a terminate: between two monitors, between two
   * services. What it left would run beside the new process, and no record would know it.
   */
  private CompletableFuture<?> endWhatIsLeft(SlotKey key, @Nullable SlotRecord previous) {
    return previous == null || previous.process().isEmpty() || gone.contains(previous.token())
        ? CompletableFuture.completedFuture(null)
        : end(key, null);
  }

  private CompletableFuture<SlotView> startNew(
      SlotKey key, Launch launch, Map<String, String> environment) {
    SlotRecord previous = records.get(key);
    SlotRecord intent =
        Optional.ofNullable(previous)
            .flatMap(SlotRecord::following)
            .filter(following -> following.stopSignal().equals(launch.stopSignal()))
            .orElseGet(() -> SlotRecord.intent(next(key), launch.stopSignal()));
    StepPoint.SLOT_INTENT.before();
    CompletableFuture<Void> intended = intend(key, intent, previous);
    if (previous != null) {
      looks.remove(previous.token());
      gone.remove(previous.token());
    }
    // Made while an intent is being written down.
    CompletableFuture<ProcessSpec> spec = spec(key, launch, environment, intent.token());
    return intended
        .thenCompose(
            _ -> {
              StepPoint.SLOT_INTENT.after();
              return spec;
            })
        .thenCompose(processes::spawn)
        .thenCompose(process -> record(key, intent.started(process), process))
        .exceptionallyCompose(thrown -> notStarted(key, intent, thrown));
  }

  /** The slot's record from now on; on disk it may be already, with the end of the one before. */
  private synchronized CompletableFuture<Void> intend(
      SlotKey key, SlotRecord intent, @Nullable SlotRecord previous) {
    if (previous != null && previous.following().filter(intent::equals).isPresent()) {
      records.put(key, intent);
      return written.getOrDefault(key, CompletableFuture.completedFuture(null));
    }
    return keep(key, intent);
  }

  private CompletableFuture<SlotView> record(
      SlotKey key, SlotRecord started, ProcessIdentity process) {
    StepPoint.SLOT_IDENTITY.before();
    return keep(key, started)
        .thenApply(
            _ -> {
              StepPoint.SLOT_IDENTITY.after();
              listener.started(key, process);
              StepPoint.SLOT_WATCH.before();
              var _ = watch(key, started, process);
              StepPoint.SLOT_WATCH.after();
              return view(key, records.getOrDefault(key, started));
            })
        .exceptionallyCompose(thrown -> undo(process, started, thrown));
  }

  /**
   * A process that cannot be written down or watched must not run: the next start would make a
   * second.
   */
  private CompletableFuture<SlotView> undo(
      ProcessIdentity process, SlotRecord started, Throwable thrown) {
    return processes
        .kill(process, started.token())
        .thenComposeAsync(
            _ -> {
              processes.watch(
                  process, (gone, _) -> executor.execute(() -> processes.acknowledge(gone)));
              return CompletableFuture.failedFuture(thrown);
            },
            executor);
  }

  private CompletableFuture<SlotView> notStarted(SlotKey key, SlotRecord intent, Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException e && e.getCause() != null ? e.getCause() : thrown;
    return keep(key, intent.ended(new Exit.Unknown(), next(key)))
        .handle((_, _) -> slotException(cause))
        .thenCompose(CompletableFuture::failedFuture);
  }

  private static Throwable slotException(Throwable cause) {
    SlotException told = SlotException.ofSpawn(cause);
    return told == null ? cause : told;
  }

  private CompletableFuture<ProcessSpec> spec(
      SlotKey key, Launch launch, Map<String, String> inherited, SlotToken token) {
    try {
      return CompletableFuture.completedFuture(makeSpec(key, launch, inherited, token));
    } catch (IOException | IllegalArgumentException e) {
      return CompletableFuture.failedFuture(
          new SlotException(
              "LaunchRefused", Responsibility.USER, Retry.NOWHERE, String.valueOf(e.getMessage())));
    }
  }

  private ProcessSpec makeSpec(
      SlotKey key, Launch launch, Map<String, String> inherited, SlotToken token)
      throws IOException {
    Path own = home.resource(key.resource().toString());
    Files.createDirectories(own);
    keepOutput(key.resource());
    var environment = new HashMap<>(inherited);
    environment.putAll(launch.environment());
    Path directory = launch.directory() == null ? own : launch.directory();
    return ProcessSpec.of(
            launch.command(), directory, environment, home.output(key.resource().toString()))
        .as(launch.user())
        .marked(token);
  }

  /** The file that a resource's processes write to, kept bounded from now on. */
  public BoundedOutput keepOutput(ResourceId resource) {
    return outputs.computeIfAbsent(
        resource, id -> processes.keepBounded(home.output(id.toString()), OUTPUT_LIMIT_BYTES));
  }

  /** Completes when its end was told. */
  private CompletableFuture<Void> watch(SlotKey key, SlotRecord slot, ProcessIdentity process) {
    var told = new CompletableFuture<Void>();
    processes.watch(
        process,
        (identity, status) -> {
          try {
            ended(key, slot, identity, exit(status));
          } finally {
            told.complete(null);
          }
        });
    return told;
  }

  private void ended(SlotKey key, SlotRecord slot, ProcessIdentity process, Exit exit) {
    StepPoint.SLOT_END.before();
    SlotRecord ended = slot.ended(exit, next(key));
    // A terminate will most likely ask for this next.
    CompletableFuture<Boolean> nothingLeft = look(key, process, slot.token());
    CompletableFuture<Void> kept = keepInsteadOf(key, slot, ended, nothingLeft);
    listener.ended(key, view(key, ended), exit);
    var _ =
        kept.whenComplete(
            (_, failure) -> {
              StepPoint.SLOT_END.after();
              // Of a resource that was deleted meanwhile nothing is to be written down.
              if (failure == null || !records.containsKey(key)) {
                processes.acknowledge(process);
              } else {
                LOG.error(
                    "The end of process {} of {} ({}) could not be written down;"
                        + " it stays unreaped.",
                    process,
                    key,
                    exit,
                    failure);
              }
            });
  }

  /** Where it cannot be seen now, it is to be looked at again. */
  private CompletableFuture<Boolean> look(SlotKey key, ProcessIdentity process, SlotToken token) {
    try {
      return (key.isCommands()
              ? processes.leftNothing(process, token, place(key))
              : processes.leftNothing(process, token))
          .exceptionally(_ -> false);
    } catch (UncheckedIOException e) {
      LOG.debug("What process {} left cannot be seen now", process, e);
      return CompletableFuture.completedFuture(false);
    }
  }

  /**
   * The slot's record from now on, also on disk: both in one step, so that what is read by the next
   * service is what was known last by this one.
   */
  private synchronized CompletableFuture<Void> keep(SlotKey key, SlotRecord slot) {
    records.put(key, slot);
    return write(key, slot);
  }

  private CompletableFuture<Void> write(SlotKey key, SlotRecord slot) {
    CompletableFuture<Void> write = store.write(key, slot);
    written.put(key, write);
    return write;
  }

  /**
   * The same for the end of a life. The slot may have another one by now, or be deleted: whoever
   * stopped this one saw that it was gone, and did not wait until its end was told.
   */
  private synchronized CompletableFuture<Void> keepInsteadOf(
      SlotKey key, SlotRecord life, SlotRecord ended, CompletableFuture<Boolean> nothingLeft) {
    if (!records.replace(key, life, ended)) {
      return CompletableFuture.completedFuture(null);
    }
    if (nothingLeft.isDone() && nothingLeft.join()) {
      gone.add(life.token());
    } else {
      looks.put(life.token(), nothingLeft);
    }
    return write(key, ended);
  }

  /** How a process ended, in the words of the SPI. */
  public static Exit exit(ExitStatus status) {
    return switch (status) {
      case ExitStatus.Code(int code) -> new Exit.Code(code);
      case ExitStatus.Signalled(int signal, _) -> new Exit.Signal(signal);
      case ExitStatus.Unknown _ -> new Exit.Unknown();
    };
  }

  /** Stops a slot's process: its stop signal, then after the grace SIGKILL for all of its tree. */
  public CompletableFuture<SlotView> stop(SlotKey key, Duration grace) {
    return then(key, () -> end(key, grace));
  }

  /** Stops all of a resource's processes, but for a tool; fails when one of them stands. */
  public CompletableFuture<Void> stopAll(ResourceId resource, Duration grace) {
    return CompletableFuture.allOf(
        keysOf(resource).stream()
            .filter(records::containsKey)
            .filter(key -> !key.isTools())
            .map(key -> stop(key, grace))
            .toArray(CompletableFuture[]::new));
  }

  /** Kills a slot's process with all of its tree. */
  public CompletableFuture<SlotView> kill(SlotKey key) {
    return then(key, () -> end(key, null));
  }

  private CompletableFuture<SlotView> end(SlotKey key, @Nullable Duration grace) {
    SlotRecord current = records.get(key);
    if (current == null) {
      return CompletableFuture.failedFuture(
          new SlotException(
              "NoSuchSlot",
              Responsibility.INTERNAL,
              Retry.NOWHERE,
              "There is no slot " + key.slot() + "."));
    }
    if (current.process().isEmpty() || gone.contains(current.token())) {
      return CompletableFuture.completedFuture(view(key, current));
    }
    var look = looks.remove(current.token());
    return look == null
        ? endTree(key, current, grace)
        : look.thenCompose(
            nothing ->
                nothing
                    ? CompletableFuture.completedFuture(goneView(key, current))
                    : endTree(key, current, grace));
  }

  /** Also when its leader is dead already: what it started may stand. */
  private CompletableFuture<SlotView> endTree(
      SlotKey key, SlotRecord current, @Nullable Duration grace) {
    ProcessIdentity process = current.process().orElseThrow();
    CompletableFuture<StopOutcome> outcome;
    if (key.isCommands()) {
      // A command that is ended must not take along what one before it has left.
      outcome =
          grace == null
              ? processes.killDescent(process, current.token())
              : processes.endLeft(process, current.token(), place(key), grace);
    } else {
      outcome =
          grace == null
              ? processes.kill(process, current.token())
              : processes.stop(process, current.token(), Signal.of(current.stopSignal()), grace);
    }
    return outcome.thenComposeAsync(
        stopped -> {
          if (!stopped.graceSufficed()) {
            listener.killed(key, process, stopped);
          }
          if (!stopped.gone()) {
            return CompletableFuture.failedFuture(
                new SlotException(
                    "CannotBeKilled",
                    Responsibility.ENVIRONMENT,
                    Retry.NOWHERE,
                    "The process of slot " + key.slot() + " " + stopped + "."));
          }
          return CompletableFuture.completedFuture(goneView(key, current));
        },
        executor);
  }

  /** Where a resource's commands run, unless they say otherwise. */
  private Path place(SlotKey key) {
    return home.resource(key.resource().toString());
  }

  private SlotView goneView(SlotKey key, SlotRecord stopped) {
    gone.add(stopped.token());
    return view(key, records.getOrDefault(key, stopped));
  }

  /** Kills everything that runs, without order: the last resort of a shutdown. */
  public CompletableFuture<Void> killAll() {
    return CompletableFuture.allOf(
        Stream.concat(
                occupied().stream(),
                records.keySet().stream().filter(key -> key.isCommands() && mayHaveLeft(key)))
            .distinct()
            .toList()
            .stream()
            .map(this::kill)
            .toArray(CompletableFuture[]::new));
  }

  // ---- what commands left --------------------------------------------------------------------

  /** A slot for the next command of a resource: one of which nothing is left. */
  public CompletableFuture<SlotKey> freeForCommand(ResourceId resource) {
    return freeForCommand(resource, 1);
  }

  private CompletableFuture<SlotKey> freeForCommand(ResourceId resource, int number) {
    SlotKey key = SlotKey.ofCommand(resource, number);
    return leftNothing(key)
        .thenCompose(
            nothing ->
                nothing
                    ? CompletableFuture.completedFuture(key)
                    : freeForCommand(resource, number + 1));
  }

  /** Whether nothing of the slot's process and of what it has started lives. */
  private CompletableFuture<Boolean> leftNothing(SlotKey key) {
    SlotRecord slot = records.get(key);
    if (slot == null || !mayHaveLeft(key)) {
      return CompletableFuture.completedFuture(true);
    }
    if (slot.isOccupied()) {
      return CompletableFuture.completedFuture(false);
    }
    return look(key, slot.process().orElseThrow(), slot.token())
        .thenApply(
            nothing -> {
              if (nothing) {
                gone.add(slot.token());
              }
              return nothing;
            });
  }

  /** Whether commands of the resource may have left something that runs. */
  public boolean mayHaveLeft(ResourceId resource) {
    for (SlotKey key : keysOf(resource)) {
      if (key.isCommands() && mayHaveLeft(key)) {
        return true;
      }
    }
    return false;
  }

  private boolean mayHaveLeft(SlotKey key) {
    SlotRecord slot = records.get(key);
    return slot != null && slot.process().isPresent() && !gone.contains(slot.token());
  }

  /**
   * Ends commands of the resource that run although nobody waits for them; fails when one stands.
   */
  public CompletableFuture<Void> endCommands(ResourceId resource) {
    return CompletableFuture.allOf(
        keysOf(resource).stream()
            .filter(SlotKey::isCommands)
            .filter(
                key -> Optional.ofNullable(records.get(key)).filter(this::isOccupied).isPresent())
            .map(this::kill)
            .toArray(CompletableFuture[]::new));
  }

  /**
   * Ends what the resource's commands have left: asked, then killed. Complete at once when there is
   * nothing; fails when something stands.
   *
   * @param grace how long it has after it was asked
   */
  public CompletableFuture<Void> endLeft(ResourceId resource, Duration grace) {
    List<SlotKey> left =
        keysOf(resource).stream().filter(key -> key.isCommands() && mayHaveLeft(key)).toList();
    return CompletableFuture.allOf(
        left.stream().map(key -> stop(key, grace)).toArray(CompletableFuture[]::new));
  }

  /** Forgets a deleted resource's slots. */
  public void forget(ResourceId resource) {
    Set<SlotKey> its = keys.remove(resource);
    if (its != null) {
      for (SlotKey key : its) {
        SlotRecord slot = records.remove(key);
        if (slot != null) {
          looks.remove(slot.token());
          gone.remove(slot.token());
        }
        written.remove(key);
        turns.forget(key);
        ofOtherNodes.forget(key);
      }
    }
    BoundedOutput output = outputs.remove(resource);
    if (output != null) {
      output.close();
    }
  }

  private <T> CompletableFuture<T> then(SlotKey key, Supplier<CompletableFuture<T>> work) {
    index(key);
    return turns.then(key, work);
  }

  @Override
  public void close() {
    outputs.values().forEach(BoundedOutput::close);
  }
}
