package dev.holdfast.service.checkpoint;

import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.Checkpoints;
import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.Patch;
import dev.holdfast.checkpoint.PatchRefusedException;
import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.ResourceState;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.ShellWord;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.slot.SlotView;
import dev.holdfast.service.slot.Slots;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Launch;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Patches resources that are offline (Q288562). The tool is a process of a slot that no plugin
 * knows of, so it outlives whoever asked for it and this service; what became of it is written down
 * when it has ended, by the service that sees its end or by the next one. Thread-safe; its changes
 * block, and {@link #run} does for as long as the tool runs.
 */
public final class PatchDesk {
  /** How long ending what a tool left may hold up what comes after it. */
  private static final Duration LEFT_MAX = Duration.ofSeconds(10);

  /** From the stop signal to SIGKILL for a tool that is ended by an abort. */
  private static final Duration TOOL_GRACE = Duration.ofSeconds(5);

  /** How a tool ends that an abort ended, as the patch has it. */
  private static final String ABORTED = "ended by an abort";

  private static final String HOME_VARIABLE = "HOLDFAST_HOME";
  private static final Logger LOG = LoggerFactory.getLogger(PatchDesk.class);

  private final Checkpoints checkpoints;
  private final Slots slots;
  private final Looked states;
  private final Map<String, String> environment;
  private final Executor blocking;

  /** Who waits for the end of a tool. */
  private final Map<ResourceId, CompletableFuture<Ended>> waiting = new ConcurrentHashMap<>();

  /** The state of the cluster after everything that has been decided. */
  @FunctionalInterface
  public interface Looked {
    /** Fails with what the look throws. */
    CompletableFuture<?> look(Consumer<ClusterState> look);
  }

  /** What became of a tool, and of the patch. */
  private record Ended(Exit exit, Optional<Patch> left) {}

  /**
   * @param environment what applications inherit
   * @param home the home, for what the tool asks of this service
   * @param blocking runs what blocks
   */
  public PatchDesk(
      Checkpoints checkpoints,
      Slots slots,
      Looked states,
      Map<String, String> environment,
      String home,
      Executor blocking) {
    this.checkpoints = checkpoints;
    this.slots = slots;
    this.states = states;
    var more = new HashMap<>(environment);
    more.put(HOME_VARIABLE, home);
    this.environment = Map.copyOf(more);
    this.blocking = blocking;
  }

  private static SlotKey slot(ResourceId id) {
    return new SlotKey(id, SlotKey.PATCH);
  }

  private Optional<Patch> patchOf(ResourceId id) {
    return checkpoints.patchOf(id.toString());
  }

  private boolean isToolAlive(ResourceId id) {
    return slots.find(slot(id)).filter(SlotView::alive).isPresent();
  }

  // ---- what is refused at once ---------------------------------------------------------------

  /** Nothing that is being patched goes online. */
  public void requireNone(ClusterResource resource) {
    requireNone(resource, "cannot be brought online");
  }

  /**
   * Refuses a resource that is being patched.
   *
   * @param what what it cannot, in words
   */
  public void requireNone(ClusterResource resource, String what) {
    Optional<Patch> patch = patchOf(resource.id());
    if (patch.isPresent()) {
      throw patched(resource, what, patch.get());
    }
  }

  /** Refuses what a patch stands in the way of, with the command that ends it. */
  static ApiException.Conflict patched(ClusterResource resource, String what, Patch patch) {
    String name = resource.config().name();
    String word = ShellWord.of(name);
    String next =
        patch.state() == Patch.State.RUNNING
            ? "Wait for its end: holdfast resource logs %s -f; or end it, with all that it started: holdfast resource patch %s --abort"
                .formatted(word, word)
            : "End it with holdfast resource patch %s --commit, or --abort, or a tool that succeeds"
                .formatted(word);
    return new ApiException.Conflict(
        "Patched",
        name,
        "%s %s: %s. %s.".formatted(name, what, patch.since(patch.since().toString()), next));
  }

  /** Its tool would go on without a record of it. */
  public void requireNoTool(ClusterResource resource, String what) {
    if (isToolAlive(resource.id())) {
      patchOf(resource.id())
          .ifPresent(
              patch -> {
                throw patched(resource, what, patch);
              });
    }
  }

  /** The tools that run, by resource and pid; empty when none does. */
  public String tools(ClusterState state) {
    return state.resources().values().stream()
        .filter(resource -> isToolAlive(resource.id()))
        .map(
            resource ->
                "%s (pid %d)"
                    .formatted(
                        resource.config().name(),
                        slots.find(slot(resource.id())).orElseThrow().pid().orElse(0)))
        .collect(Collectors.joining(", "));
  }

  /** Whether a patch could be begun. */
  public void requireBegin(ClusterState state, ClusterResource resource) {
    Optional<Patch> patch = patchOf(resource.id());
    if (patch.isPresent()) {
      throw patched(resource, "is being patched already", patch.get());
    }
    requireOffline(state, resource);
  }

  /** Whether a tool could be run. */
  public void requireRun(ClusterState state, ClusterResource resource) {
    settleWhatEnded(resource.id());
    Optional<Patch> patch = patchOf(resource.id());
    if (patch.filter(each -> each.state() == Patch.State.RUNNING).isPresent()) {
      throw patched(resource, "is being patched already", patch.get());
    }
    requireOffline(state, resource);
  }

  /** Whether a patch could be committed. */
  public void requireCommit(ClusterState state, ClusterResource resource) {
    Patch patch = requirePatched(resource);
    if (patch.state() == Patch.State.RUNNING) {
      throw patched(resource, "is being patched by a tool that runs", patch);
    }
  }

  /** Whether a patch could be aborted; a tool that runs is ended first. */
  public void requireAbort(ClusterState state, ClusterResource resource) {
    var _ = requirePatched(resource);
  }

  private Patch requirePatched(ClusterResource resource) {
    settleWhatEnded(resource.id());
    return patchOf(resource.id())
        .orElseThrow(
            () ->
                new ApiException.Conflict(
                    "NotPatched",
                    resource.config().name(),
                    "%s is not being patched; begin with holdfast resource patch %s --begin."
                        .formatted(
                            resource.config().name(), ShellWord.of(resource.config().name()))));
  }

  private void requireOffline(ClusterState state, ClusterResource resource) {
    String name = resource.config().name();
    boolean runs = slots.of(resource.id()).stream().anyMatch(SlotView::alive);
    boolean ended =
        resource.state() == ResourceState.OFFLINE || resource.state() == ResourceState.FAILED;
    if (!ended || runs || !resource.isSupervised()) {
      throw new ApiException.Conflict(
          "NotOffline",
          name,
          "%s is %s%s; only what is Offline is patched. Take it offline first: holdfast resource offline %s."
              .formatted(
                  name,
                  resource.state(),
                  ended ? (runs ? ", and a process of it runs" : ", and no monitor holds it") : "",
                  ShellWord.of(name)));
    }
    List<ClusterResource> missing =
        resource.config().dependsOn().stream()
            .map(state.resources()::get)
            .filter(Objects::nonNull)
            .filter(provider -> provider.state() != ResourceState.ONLINE)
            .toList();
    if (!missing.isEmpty()) {
      throw new ApiException.Conflict(
          "ProviderNotOnline",
          name,
          "%s cannot be patched: %s. Bring online what it depends on: %s."
              .formatted(
                  name,
                  words(missing, each -> each.config().name() + " is " + each.state(), ", "),
                  words(
                      missing,
                      each -> "holdfast resource online " + ShellWord.of(each.config().name()),
                      " && ")));
    }
  }

  private static String words(
      List<ClusterResource> resources, Function<ClusterResource, String> word, String between) {
    return resources.stream().map(word).collect(Collectors.joining(between));
  }

  // ---- begin and end -------------------------------------------------------------------------

  /** Begins; what came of it in words. */
  public String begin(ClusterResource resource) {
    String id = resource.id().toString();
    String name = resource.config().name();
    try {
      Patch patch = checkpoints.beginPatch(id);
      confirmOffline(resource);
      return "patch open: %d checkpoints; end it with holdfast resource patch %s --commit or --abort"
          .formatted(patch.before().size(), ShellWord.of(name));
    } catch (PatchRefusedException | SourceException | IOException e) {
      throw refusal(name, "The patch of %s was not begun".formatted(name), e);
    }
  }

  /**
   * Looks once more. Whoever is decided to go online from now on meets the patch; whoever was
   * before is seen here.
   */
  private void confirmOffline(ClusterResource resource) throws IOException {
    try {
      var _ =
          states
              .look(
                  state -> {
                    ClusterResource now = state.resources().get(resource.id());
                    if (now != null) {
                      requireOffline(state, now);
                    }
                  })
              .get();
    } catch (ExecutionException e) {
      checkpoints.forgetPatch(resource.id().toString());
      if (e.getCause() instanceof ApiException refused) {
        throw refused;
      }
      throw new IOException("the service is stopping", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("it was interrupted", e);
    }
  }

  /** Commits; what came of it in words. */
  public String commit(ClusterResource resource) {
    String name = resource.config().name();
    try {
      return committed(name, checkpoints.commitPatch(resource.id().toString()));
    } catch (PatchRefusedException | SourceException | IOException e) {
      throw refusal(name, "The patch of %s was not committed".formatted(name), e);
    }
  }

  private static String committed(String name, List<Checkpoint> checkpoints) {
    String generations =
        checkpoints.stream()
            .map(
                each -> "checkpoint %d generation %d".formatted(each.id().number(), each.current()))
            .collect(Collectors.joining(", "));
    return "patch committed%s; go on with holdfast resource online %s"
        .formatted(generations.isEmpty() ? "" : ": " + generations, ShellWord.of(name));
  }

  /**
   * Aborts, and ends a tool that runs before that; what came of it in words.
   *
   * @param tell hears of the tool's end
   */
  public String abort(ClusterResource resource, Consumer<String> tell) {
    String name = resource.config().name();
    try {
      endTool(resource, tell);
      List<Checkpoint> kept = checkpoints.abortPatch(resource.id().toString());
      return "patch aborted: the checkpoints are what they were%s. Files outside of them are NOT rolled back"
          .formatted(
              kept.isEmpty()
                  ? ""
                  : kept.stream()
                      .map(each -> "checkpoint %d".formatted(each.id().number()))
                      .collect(Collectors.joining(", ", "; what was changed is kept of ", "")));
    } catch (PatchRefusedException | SourceException | IOException e) {
      throw refusal(name, "The patch of %s was not aborted".formatted(name), e);
    }
  }

  /**
   * Ends the tool that runs, with all that it started: its stop signal first, SIGKILL after a
   * grace. That it is to be ended is written down before, so that an exit with 0 commits nothing,
   * whoever hears of it.
   */
  private void endTool(ClusterResource resource, Consumer<String> tell)
      throws PatchRefusedException, IOException {
    ResourceId id = resource.id();
    if (!isToolAlive(id)) {
      return;
    }
    SlotView tool = slots.find(slot(id)).orElseThrow();
    String words = "the tool (pid %d) and all that it started".formatted(tool.pid().orElse(0));
    checkpoints.stopPatch(id.toString(), ABORTED);
    tell.accept("ending " + words);
    var mine = new CompletableFuture<Ended>();
    CompletableFuture<Ended> ended =
        Objects.requireNonNullElse(waiting.putIfAbsent(id, mine), mine);
    try {
      var _ = slots.stop(slot(id), TOOL_GRACE).get();
      // Whoever waits for the tool hears what became of the patch, before there is none any more.
      var _ = ended.get(LEFT_MAX.toMillis(), TimeUnit.MILLISECONDS);
      tell.accept(words + " have ended");
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
      throw new IOException(
          "%s could not be ended (%s); the patch stays incomplete until somebody aborts it again"
              .formatted(
                  words,
                  e instanceof TimeoutException ? "its end was not seen" : cause.getMessage()),
          cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("ending %s was interrupted".formatted(words), e);
    } finally {
      waiting.remove(id, mine);
    }
  }

  private static ApiException refusal(String name, String what, Exception e) {
    String message =
        "%s: %s".formatted(what, String.valueOf(e.getMessage()).replaceFirst("\\.$", ""));
    return switch (e) {
      case PatchRefusedException _ -> new ApiException.Conflict("Patched", name, message + ".");
      case SourceException source when source.obstacle() == Obstacle.HANDLE_HELD ->
          new ApiException.Conflict(
              "HandleHeld", name, message + ". See who: holdfast registry handles.");
      case SourceException source when source.obstacle() == Obstacle.ACCESS_DENIED ->
          new ApiException.NotPermitted("AccessDenied", message + ".");
      case SourceException source ->
          new ApiException.Failed(source.obstacle().toString(), name, message + ".", e);
      default -> new ApiException.Failed("NotDurable", name, message + ".", e);
    };
  }

  // ---- a tool --------------------------------------------------------------------------------

  /**
   * Runs a tool, in a patch of its own unless one is open, and waits for its end.
   *
   * @param tell hears what it writes, line by line
   * @return what came of it in words, of a tool that succeeded
   * @throws ApiException.Failed of one that did not
   */
  public String run(ClusterResource resource, List<String> command, Consumer<String> tell) {
    String name = resource.config().name();
    ResourceId id = resource.id();
    if (patchOf(id).isEmpty()) {
      var _ = begin(resource);
      tell.accept("patch begun");
    }
    var ended = new CompletableFuture<Ended>();
    if (waiting.putIfAbsent(id, ended) != null) {
      throw patched(resource, "is being patched already", patchOf(id).orElseThrow());
    }
    try {
      long from = start(resource, command, tell);
      new ToolOutput(id.toString(), slots.keepOutput(id), tell).follow(from, ended);
      Ended how = ended.get();
      if (how.left().isPresent() && how.left().get().exit().filter(ABORTED::equals).isPresent()) {
        throw new ApiException.Failed(
            "ToolAborted",
            name,
            "The tool was ended by an abort of the patch (%s). What it changed outside of the checkpoints stays."
                .formatted(words(how.exit())),
            null);
      }
      if (how.left().isPresent()) {
        throw new ApiException.Failed(
            "ToolFailed",
            name,
            "The tool ended with %s. The patch of %s is incomplete, and what it changed stays; run a tool again, or holdfast resource patch %s --commit or --abort."
                .formatted(words(how.exit()), name, ShellWord.of(name)),
            null);
      }
      return committed(name, checkpoints.store().of(id.toString()));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw refusal(
          name,
          "The patch of %s was not committed".formatted(name),
          cause instanceof Exception exception ? exception : e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException.Unreachable("Stopping", "The service is stopping; the tool goes on.");
    } finally {
      waiting.remove(id, ended);
    }
  }

  /** An argument is often a path. */
  private static String word(String argument) {
    return argument.matches("[A-Za-z0-9._,/=:@%+-]+") ? argument : ShellWord.of(argument);
  }

  /** Starts the tool; where what it writes begins. */
  private long start(ClusterResource resource, List<String> command, Consumer<String> tell) {
    String tool = command.stream().map(PatchDesk::word).collect(Collectors.joining(" "));
    String name = resource.config().name();
    ResourceId id = resource.id();
    Patch before = patchOf(id).orElseThrow();
    try {
      Launch launch = Launch.of(command);
      long from = slots.keepOutput(id).tail(0).next();
      var _ =
          checkpoints.runPatch(
              id.toString(), tool, slots.find(slot(id)).map(SlotView::nonce).orElse(""));
      SlotView started = slots.start(slot(id), launch, environment).join();
      tell.accept("pid %d: %s".formatted(started.pid().orElse(0), tool));
      return from;
    } catch (PatchRefusedException | IOException e) {
      throw refusal(name, "The tool was not started", e);
    } catch (IllegalArgumentException e) {
      throw new ApiException.Usage("BadCommand", String.valueOf(e.getMessage()));
    } catch (CompletionException e) {
      notStarted(id, before);
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ApiException.Failed(
          "ToolNotStarted",
          name,
          "The tool was not started: %s The patch stays %s; run another, or holdfast resource patch %s --abort."
              .formatted(cause.getMessage(), before.state(), ShellWord.of(name)),
          cause);
    }
  }

  private void notStarted(ResourceId id, Patch before) {
    try {
      checkpoints.patchNotRun(id.toString(), before);
    } catch (IOException e) {
      LOG.error("That the tool of {} was not started could not be written down", id, e);
    }
  }

  // ---- its end -------------------------------------------------------------------------------

  /** A tool has ended. Returns at once. */
  public void toolEnded(SlotKey slot, Exit exit) {
    blocking.execute(() -> settle(slot.resource(), exit, words(exit)));
  }

  private void settle(ResourceId id, Exit exit, String words) {
    endWhatIsLeft(id);
    CompletableFuture<Ended> waits = waiting.getOrDefault(id, new CompletableFuture<>());
    try {
      boolean succeeded = exit instanceof Exit.Code(int code) && code == 0;
      waits.complete(new Ended(exit, checkpoints.patchRan(id.toString(), succeeded, words)));
    } catch (SourceException | IOException e) {
      LOG.error("The patch of {} was not committed ({})", id, words, e);
      waits.completeExceptionally(e);
    }
  }

  /** What the tool started and left would go on changing what is about to be saved. */
  private void endWhatIsLeft(ResourceId id) {
    if (slots.find(slot(id)).isEmpty()) {
      return;
    }
    try {
      var _ = slots.kill(slot(id)).get(LEFT_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("What the tool of {} left could not be ended", id, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String words(Exit exit) {
    return switch (exit) {
      case Exit.Code(int code) -> "exit " + code;
      case Exit.Signal(int signal) -> "signal " + signal;
      case Exit.Unknown() -> "an exit that is not known";
    };
  }

  /** Goes on with what an earlier service left: tools that ended while nobody looked. */
  public void resume() {
    checkpoints
        .store()
        .patches()
        .forEach(
            (id, patch) -> {
              if (patch.state() != Patch.State.RUNNING && isToolAlive(ResourceId.of(id))) {
                // The abort that was to end it did not come to that.
                endWhatIsLeft(ResourceId.of(id));
              }
              settleWhatEnded(ResourceId.of(id));
            });
  }

  /** A tool that was seen to end may not have been written down. */
  private void settleWhatEnded(ResourceId id) {
    Optional<Patch> patch = patchOf(id);
    if (patch.filter(each -> each.state() == Patch.State.RUNNING).isEmpty()
        || waiting.containsKey(id)) {
      return;
    }
    Optional<SlotView> tool =
        slots.find(slot(id)).filter(each -> !each.nonce().equals(patch.get().after()));
    if (tool.isEmpty()) {
      settle(id, new Exit.Unknown(), "no start, for the service had died");
    } else if (!tool.get().alive()) {
      Exit exit = tool.get().exit().orElseGet(Exit.Unknown::new);
      settle(id, exit, words(exit));
    }
  }
}
