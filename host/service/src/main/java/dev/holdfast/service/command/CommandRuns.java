package dev.holdfast.service.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.process.BoundedOutput;
import dev.holdfast.service.process.ExitStatus;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.ProcessSpec;
import dev.holdfast.service.process.Processes;
import dev.holdfast.service.process.SlotToken;
import dev.holdfast.service.process.StopOutcome;
import dev.holdfast.service.slot.SlotException;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.slot.Slots;
import dev.holdfast.service.slot.Turns;
import dev.holdfast.spi.Command;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
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
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the commands of all resources: of each resource one after the other, each with a limit, and
 * none longer than somebody waits for it.
 *
 * <p>Thread-safe; nothing waits, all answers are futures.
 */
public final class CommandRuns implements AutoCloseable {
  /** What a looking command's token begins with; that of its home follows. */
  private static final String LOOK = "look:";

  /** How often what runs long is kept from writing too much. */
  private static final Duration TRIM_INTERVAL = Duration.ofSeconds(1);

  /** How long what a command has left may take to go by itself, once it was asked. */
  private static final Duration LEFT_GRACE = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(CommandRuns.class);

  /**
   * Who asked for a command.
   *
   * @param request the monitor's number for it
   * @param ofResource empty: it is the monitor's own, in a survey
   */
  public record Asked(MonitorName monitor, long request, Optional<ResourceId> ofResource) {
    /** In whose name it is run; the survey's of a monitor have one of their own. */
    public ResourceId resource() {
      return ofResource.orElseGet(
          () -> new ResourceId(UUID.nameUUIDFromBytes(monitor.value().getBytes(UTF_8))));
    }
  }

  /** A looking command that runs. */
  public record Look(ResourceId resource, SlotToken token, ProcessIdentity process) {}

  private final Home home;
  private final Processes processes;
  private final Slots slots;
  private final String lookPrefix;
  private final Supplier<UUID> ids;
  private final Map<String, String> environment;
  private final Executor executor;
  private final Turns<ResourceId> turns;
  private final Map<Asked, CommandRun> runs = new ConcurrentHashMap<>();
  private final Map<SlotKey, CompletableFuture<Exit>> changing = new ConcurrentHashMap<>();
  private final Map<ResourceId, Look> looking = new ConcurrentHashMap<>();
  private final Map<ResourceId, LookOutput> outputs = new ConcurrentHashMap<>();
  private final Set<ResourceId> trimmed = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor timer;

  /**
   * @param homeMark what tells this home from others on the machine; of letters, digits and dashes
   * @param environment what commands inherit, without their own
   * @param executor runs continuations; its tasks do not block but on short file operations
   */
  public CommandRuns(
      Home home,
      Processes processes,
      Slots slots,
      String homeMark,
      Supplier<UUID> ids,
      Map<String, String> environment,
      Executor executor) {
    this.home = home;
    this.processes = processes;
    this.slots = slots;
    this.lookPrefix = LOOK + homeMark + ":";
    this.ids = ids;
    this.environment = Map.copyOf(environment);
    this.executor = executor;
    this.turns = new Turns<>(executor);
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("holdfast-commands").daemon(true).factory());
    timer.setRemoveOnCancelPolicy(true);
    var _ =
        timer.scheduleWithFixedDelay(
            this::trim, TRIM_INTERVAL.toMillis(), TRIM_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Ends looking commands of a service that died. What changing ones there were, {@link
   * Slots#takeOver} ends.
   *
   * @param resources which there are
   */
  public CompletableFuture<Void> takeOver(Collection<ResourceId> resources) {
    if (resources.stream().noneMatch(id -> LookOutput.isIn(home.resource(id.toString())))) {
      return CompletableFuture.completedFuture(null);
    }
    return processes
        .searchByPrefix(lookPrefix)
        .thenCompose(
            found ->
                CompletableFuture.allOf(
                    found.entrySet().stream()
                        .map(
                            left -> {
                              ProcessIdentity oldest = left.getValue().getFirst();
                              LOG.info(
                                  "Process {} of a command of an earlier service is ended", oldest);
                              return processes.killDescent(oldest, left.getKey());
                            })
                        .toArray(CompletableFuture[]::new)));
  }

  /** A resource's own directory; of a survey, the monitor's. */
  private Path directory(Asked asked) {
    return asked
        .ofResource()
        .map(id -> home.resource(id.toString()))
        .orElseGet(() -> home.monitor(asked.monitor().value()));
  }

  /** Runs a command when those before it of the same resource have ended. */
  public CompletableFuture<CommandResult> run(Asked asked, Command command) {
    var run = new CommandRun(asked, command);
    runs.put(asked, run);
    return turns
        .then(asked.resource(), () -> begin(run))
        .whenComplete(
            (_, _) -> {
              run.ended();
              runs.remove(asked, run);
            });
  }

  /** Nobody waits for this command any more. */
  public void cancel(Asked asked) {
    CommandRun run = runs.get(asked);
    if (run != null) {
      run.end(CommandRun.Reason.CANCELLED);
    }
  }

  /** Nobody waits for any command of this resource any more. */
  public void cancelAll(ResourceId resource) {
    runs.values().stream()
        .filter(run -> run.asked().resource().equals(resource))
        .forEach(run -> run.end(CommandRun.Reason.CANCELLED));
  }

  /** Nobody waits for what this monitor asked for. */
  public void monitorDied(MonitorName monitor) {
    runs.values().stream()
        .filter(run -> run.asked().monitor().equals(monitor))
        .forEach(run -> run.end(CommandRun.Reason.CANCELLED));
  }

  /** Completes when no command of the resource is under way any more. Never fails. */
  public CompletableFuture<?> settled(ResourceId resource) {
    return turns.settled(resource);
  }

  /** Ends what commands of the resource have left, at once; fails when something stands. */
  public CompletableFuture<Void> killLeft(ResourceId resource) {
    return turns.then(resource, () -> slots.endLeft(resource, Duration.ZERO));
  }

  /**
   * The resource was looked for and is not there: what its commands have left is no part of it any
   * more. Complete at once when there is nothing; fails when something stands.
   */
  public CompletableFuture<Void> gone(ResourceId resource) {
    return slots.endLeft(resource, LEFT_GRACE);
  }

  /** The end of a slot's process that is a command's. Returns at once. */
  public void ended(SlotKey key, Exit exit) {
    CompletableFuture<Exit> waits = changing.remove(key);
    if (waits != null) {
      executor.execute(() -> waits.complete(exit));
    }
  }

  /** The looking commands that run now. */
  public List<Look> looks() {
    return List.copyOf(looking.values());
  }

  /** Forgets a deleted resource. */
  public void forget(ResourceId resource) {
    turns.forget(resource);
    outputs.remove(resource);
  }

  // ---- one command ---------------------------------------------------------------------------

  private CompletableFuture<CommandResult> begin(CommandRun run) {
    if (run.isCancelled()) {
      return CompletableFuture.failedFuture(cancelled(run));
    }
    ResourceId id = run.asked().resource();
    return endUnwanted(id)
        .thenCompose(
            _ -> run.command().effect() == Command.Effect.CHANGES ? change(run) : look(run))
        .thenCompose(
            result ->
                run.isCancelled()
                    ? CompletableFuture.failedFuture(cancelled(run))
                    : CompletableFuture.completedFuture(result))
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(
                    run.isCancelled() ? cancelled(run) : explained(failure)));
  }

  private static Throwable explained(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
    SlotException spawn = SlotException.ofSpawn(cause);
    return spawn == null ? cause : spawn;
  }

  private static SlotException cancelled(CommandRun run) {
    return new SlotException(
        "Cancelled",
        Responsibility.RESOURCE,
        Retry.HERE,
        "The command %s was ended, because nobody waited for it any more."
            .formatted(run.command().launch().command().getFirst()));
  }

  /** What an earlier command could not be rid of is tried once more; nothing is begun beside it. */
  private CompletableFuture<Void> endUnwanted(ResourceId id) {
    Look stands = looking.get(id);
    CompletableFuture<Void> changed = slots.endCommands(id);
    return stands == null
        ? changed
        : changed.thenCompose(_ -> kill(stands)).thenRun(() -> looking.remove(id, stands));
  }

  private CompletableFuture<?> kill(Look look) {
    return processes
        .killDescent(look.process(), look.token())
        .thenCompose(
            outcome ->
                outcome.gone()
                    ? CompletableFuture.completedFuture(outcome)
                    : CompletableFuture.failedFuture(cannotBeKilled(outcome)));
  }

  private static SlotException cannotBeKilled(StopOutcome outcome) {
    return new SlotException(
        "CannotBeKilled",
        Responsibility.ENVIRONMENT,
        Retry.NOWHERE,
        "A command of the resource %s.".formatted(outcome));
  }

  private void began(CommandRun run, Supplier<CompletableFuture<?>> kill) {
    run.began(
        kill,
        timer.schedule(
            () -> run.end(CommandRun.Reason.LIMIT),
            run.command().limit().toNanos(),
            TimeUnit.NANOSECONDS));
  }

  // ---- that changes --------------------------------------------------------------------------

  private CompletableFuture<CommandResult> change(CommandRun run) {
    ResourceId id = run.asked().resource();
    return slots.freeForCommand(id).thenCompose(key -> change(run, key));
  }

  private CompletableFuture<CommandResult> change(CommandRun run, SlotKey key) {
    BoundedOutput output = slots.keepOutput(key.resource());
    long from;
    try {
      from = output.tail(0).next();
    } catch (IOException e) {
      return CompletableFuture.failedFuture(outputFailed(e));
    }
    var end = new CompletableFuture<Exit>();
    changing.put(key, end);
    return slots
        .start(key, run.command().launch(), environment)
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                changing.remove(key, end);
              }
            })
        .thenCompose(
            _ -> {
              began(run, () -> slots.kill(key));
              return run.over(end);
            })
        .thenComposeAsync(
            exit ->
                exit.equals(new Exit.Code(0)) && run.reason() == null
                    ? CompletableFuture.completedFuture(exit)
                    : slots.kill(key).thenApply(_ -> exit),
            executor)
        .thenApply(exit -> changed(run, exit, output, from));
  }

  private static CommandResult changed(CommandRun run, Exit exit, BoundedOutput output, long from) {
    try {
      long begin = Math.max(from, output.tail(0).next() - CommandResult.OUTPUT_BYTES_MAX);
      String written = output.read(begin, CommandResult.OUTPUT_BYTES_MAX).text();
      return new CommandResult(
          exit, run.reason() == CommandRun.Reason.LIMIT, written, "", begin > from);
    } catch (IOException e) {
      throw new CompletionException(outputFailed(e));
    }
  }

  private static SlotException outputFailed(IOException e) {
    return new SlotException(
        "OutputFailed",
        Responsibility.ENVIRONMENT,
        Retry.HERE,
        "What a command writes cannot be read: " + e.getMessage() + ".");
  }

  // ---- that looks ----------------------------------------------------------------------------

  private CompletableFuture<CommandResult> look(CommandRun run) {
    ResourceId id = run.asked().resource();
    var token = new SlotToken(lookPrefix + ids.get());
    LookOutput output;
    ProcessSpec spec;
    try {
      Path own = directory(run.asked());
      output = output(id, own);
      spec = spec(run.command().launch(), own, output, token);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(outputFailed(e));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(
          new SlotException(
              "LaunchRefused", Responsibility.USER, Retry.NOWHERE, String.valueOf(e.getMessage())));
    }
    return processes
        .spawn(spec)
        .thenCompose(process -> run.over(watch(run, new Look(id, token, process))))
        .thenApply(
            exit -> {
              try {
                LookOutput.Captured told = output.read();
                return new CommandResult(
                    exit,
                    run.reason() == CommandRun.Reason.LIMIT,
                    told.output(),
                    told.errors(),
                    told.cut());
              } catch (IOException e) {
                throw new CompletionException(outputFailed(e));
              }
            });
  }

  private LookOutput output(ResourceId id, Path own) throws IOException {
    if (!outputs.containsKey(id)) {
      Files.createDirectories(own);
    }
    var output = new LookOutput(own);
    outputs.put(id, output);
    return output;
  }

  private ProcessSpec spec(Launch launch, Path own, LookOutput output, SlotToken token) {
    var all = new HashMap<>(environment);
    all.putAll(launch.environment());
    all.put(SlotToken.VARIABLE, token.value());
    Path directory = launch.directory();
    return new ProcessSpec(
        launch.command(),
        directory == null ? own : directory,
        all,
        output.output(),
        null,
        launch.user(),
        output.errors());
  }

  /** Completes when nothing of it lives. */
  private CompletableFuture<Exit> watch(CommandRun run, Look look) {
    var end = new CompletableFuture<Exit>();
    looking.put(look.resource(), look);
    processes.watch(
        look.process(), (_, status) -> executor.execute(() -> ended(look, status, end)));
    began(run, () -> kill(look));
    return end;
  }

  /** Until it is acknowledged nobody else has its number, or leads its group. */
  private void ended(Look look, ExitStatus status, CompletableFuture<Exit> end) {
    CompletableFuture<?> alone;
    try {
      alone =
          processes
              .leftNothing(look.process(), look.token())
              .thenCompose(
                  nothing -> nothing ? CompletableFuture.completedFuture(null) : kill(look));
    } catch (UncheckedIOException e) {
      alone = CompletableFuture.failedFuture(e);
    }
    var _ =
        alone.whenComplete(
            (_, failure) -> {
              processes.acknowledge(look.process());
              if (failure == null) {
                looking.remove(look.resource(), look);
                end.complete(Slots.exit(status));
              } else {
                end.completeExceptionally(failure);
              }
            });
  }

  private void trim() {
    // What was there a look before, too, is what runs long.
    Set<ResourceId> now = Set.copyOf(looking.keySet());
    for (ResourceId id : now) {
      LookOutput output = outputs.get(id);
      if (trimmed.contains(id) && output != null) {
        try {
          output.trim();
        } catch (IOException e) {
          LOG.warn("What a command of {} writes cannot be cut; it goes on growing", id, e);
        }
      }
    }
    trimmed.clear();
    trimmed.addAll(now);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
