package dev.holdfast.service.cluster;

import dev.holdfast.cluster.Action;
import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.Decisions;
import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.service.record.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that decides. Events come in from anywhere and are decided in the order in which
 * they came; several that wait are decided in one step and written in one batch, so a hundred
 * resources that are found at once cost one fsync.
 *
 * <p>What a step decided is carried out, and shown, only after its batch is durable, on a second
 * thread and in the order of the steps; what is said about it follows on a third. Nothing waits for
 * what comes behind it: the next step may be decided while the batch of the last one is being
 * written, and carried out while the events of the last one are.
 *
 * <p>If a batch cannot be made durable, what was decided must not happen, and cannot be undone
 * either; the service then halts at once. It can be killed at any instruction, so this loses
 * nothing: applications go on, and the next start takes them over.
 */
public final class ClusterLoop implements AutoCloseable {
  private static final int EVENTS_A_STEP_MAX = 4096;

  /**
   * How long it waits at most, whatever is due: a step that changes nothing costs next to nothing.
   */
  private static final Duration IDLE_MAX = Duration.ofSeconds(1);

  /** A step that took less than this holds nothing up, unless much comes in. */
  private static final Duration CHEAP_STEP = Duration.ofMillis(1);

  /** With so much in one step, more will come at once. */
  private static final int MUCH = 8;

  /** So many events that are no news wait for others; with one more they are decided. */
  private static final int NO_NEWS_MAX = 512;

  /** How long what comes in is gathered at most. */
  private static final Duration GATHERED_MAX = Duration.ofMillis(10);

  private static final Logger LOG = LoggerFactory.getLogger(ClusterLoop.class);

  private final Decisions decisions;
  private final StateStore store;
  private final InstantSource clock;
  private final Consumer<Throwable> halt;
  private final BlockingQueue<Incoming> incoming = new LinkedBlockingQueue<>();

  /** Held while something is put in or all is taken: what came first is decided first. */
  private final Object order = new Object();

  /** What came after all that is in the queue, and wakes nobody; guarded by {@link #order}. */
  private List<ClusterEvent> noNews = new ArrayList<>();

  private final ExecutorService effects = oneThread("effects");
  private final ExecutorService telling = oneThread("telling");
  private final Thread thread = Thread.ofPlatform().name("decisions").unstarted(this::run);
  private volatile boolean closed;
  private ClusterState state;
  private volatile ClusterState published;
  private CompletableFuture<?> lastCarriedOut = CompletableFuture.completedFuture(null);
  private CompletableFuture<?> lastTold = CompletableFuture.completedFuture(null);
  private @Nullable StepListener listener;

  /** Hears of steps, once they are durable. */
  public interface StepListener {
    /** Takes a step's actions; one step at a time, in order. */
    void carryOut(ClusterState before, ClusterState after, List<Action> actions);

    /**
     * Says what happened, after the step was carried out; one step at a time, in order, on a thread
     * of its own: to write an event takes longer than to begin a call, and nobody's application is
     * to wait for it.
     */
    void tell(ClusterState before, ClusterState after, List<Action> actions);
  }

  private sealed interface Incoming {
    record Happened(List<ClusterEvent> events) implements Incoming {}

    record Asked(
        Function<ClusterState, List<ClusterEvent>> check, CompletableFuture<ClusterState> done)
        implements Incoming {}
  }

  /**
   * @param halt ends the process, because something that was decided could not be made durable
   */
  public ClusterLoop(
      Decisions decisions,
      StateStore store,
      ClusterState initial,
      InstantSource clock,
      Consumer<Throwable> halt) {
    this.decisions = decisions;
    this.store = store;
    this.state = initial;
    this.published = initial;
    this.clock = clock;
    this.halt = halt;
  }

  /** Starts to decide. */
  public void start(StepListener stepListener) {
    listener = stepListener;
    thread.start();
  }

  /** The state as it is durable. */
  public ClusterState state() {
    return published;
  }

  /** Something happened. */
  public void post(ClusterEvent event) {
    put(new Incoming.Happened(List.of(event)));
  }

  /**
   * Something happened that is no news, and only puts off what would be due without it: it is
   * decided in its place among all others, with the next of them or by the clock, {@link #IDLE_MAX}
   * later at most. What is due is looked at behind it. A step looks at every resource, which is too
   * much for each of hundreds of checks a second that say what is known.
   */
  public void postNoNews(ClusterEvent event) {
    synchronized (order) {
      noNews.add(event);
      if (noNews.size() > NO_NEWS_MAX) {
        putNoNews();
      }
    }
  }

  private void put(Incoming next) {
    synchronized (order) {
      putNoNews();
      incoming.add(next);
    }
  }

  /** Called with {@link #order} held. */
  private void putNoNews() {
    if (!noNews.isEmpty()) {
      incoming.add(new Incoming.Happened(noNews));
      noNews = new ArrayList<>();
    }
  }

  /** Several things happened, and are decided in one step. */
  public void post(List<ClusterEvent> events) {
    put(new Incoming.Happened(events));
  }

  /**
   * Somebody asks for something: the request is checked against the newest state on the deciding
   * thread and becomes events there, so nothing can come in between. Completes with the state once
   * it is durable, carried out and told; fails with what the check threw, or with a {@link
   * RejectedExecutionException} when nothing is decided any more.
   */
  public CompletableFuture<ClusterState> request(Function<ClusterState, List<ClusterEvent>> check) {
    var done = new CompletableFuture<ClusterState>();
    put(new Incoming.Asked(check, done));
    if (closed) {
      refuseWaiting();
    }
    return done;
  }

  private void refuseWaiting() {
    for (Incoming next = incoming.poll(); next != null; next = incoming.poll()) {
      if (next instanceof Incoming.Asked asked) {
        asked.done().completeExceptionally(new RejectedExecutionException("it is closed"));
      }
    }
  }

  private void run() {
    var batch = new ArrayList<Incoming>();
    var gather = new Gathering();
    Instant lastTick = clock.instant();
    while (!closed) {
      try {
        @Nullable Incoming first =
            incoming.poll(waitUntilDue(lastTick).toNanos(), TimeUnit.NANOSECONDS);
        if (first != null) {
          batch.add(first);
          gather.await();
        }
        takeAll(batch);
        lastTick = clock.instant();
        gather.begins();
        step(batch, lastTick);
        gather.ended(batch.size());
      } catch (InterruptedException e) {
        return;
      } catch (Throwable bug) {
        // An invariant does not hold. Going on would act on a state that is not so.
        LOG.error("Deciding failed; the service halts. Applications go on.", bug);
        halt.accept(bug);
        return;
      } finally {
        batch.clear();
      }
    }
  }

  private void takeAll(List<Incoming> batch) {
    synchronized (order) {
      putNoNews();
      incoming.drainTo(batch, EVENTS_A_STEP_MAX - batch.size());
    }
  }

  /**
   * Lets events gather after a step that took long, or while many come. A step looks at every
   * resource, whatever happened: a thousand of them that are found one by one after a monitor's
   * death would cost more to decide about, one by one, than to find.
   */
  private static final class Gathering {
    private long begunNanos = System.nanoTime();
    private long untilNanos = begunNanos;

    void begins() {
      begunNanos = System.nanoTime();
    }

    void ended(int cameIn) {
      long now = System.nanoTime();
      long took = now - begunNanos;
      int longer = cameIn >= MUCH ? 4 : took < CHEAP_STEP.toNanos() ? 0 : 2;
      untilNanos = now + Math.min(longer * took, GATHERED_MAX.toNanos());
    }

    void await() throws InterruptedException {
      long left = untilNanos - System.nanoTime();
      if (left > 0) {
        TimeUnit.NANOSECONDS.sleep(left);
      }
    }
  }

  private Duration waitUntilDue(Instant lastTick) {
    Duration wait =
        state.nextDue(lastTick).map(due -> Duration.between(clock.instant(), due)).orElse(IDLE_MAX);
    return wait.isNegative() ? Duration.ZERO : wait.compareTo(IDLE_MAX) < 0 ? wait : IDLE_MAX;
  }

  private void step(List<Incoming> batch, Instant now) {
    List<ClusterEvent> events = new ArrayList<>();
    for (Incoming next : batch) {
      switch (next) {
        case Incoming.Happened(List<ClusterEvent> happened) -> events.addAll(happened);
        case Incoming.Asked asked -> {
          // It is checked against the outcome of what came before it.
          var _ = decide(events, now);
          events = new ArrayList<>();
          answer(asked, now);
        }
      }
    }
    events.add(new ClusterEvent.Tick());
    var _ = decide(events, now);
  }

  private void answer(Incoming.Asked asked, Instant now) {
    List<ClusterEvent> follows;
    try {
      follows = asked.check().apply(state);
    } catch (RuntimeException refused) {
      asked.done().completeExceptionally(refused);
      return;
    }
    var _ =
        decide(follows, now)
            .whenComplete(
                (after, failure) -> {
                  if (failure == null) {
                    asked.done().complete(after);
                  } else {
                    asked.done().completeExceptionally(failure);
                  }
                });
  }

  /** Decides, and completes when what was decided is durable, carried out and told. */
  private CompletableFuture<ClusterState> decide(List<ClusterEvent> events, Instant now) {
    if (events.isEmpty()) {
      return lastTold.thenApply(_ -> published);
    }
    ClusterState before = state;
    Decisions.Step step = decisions.on(before, events, now);
    state = step.state();
    CompletableFuture<?> write = store.write(before, step.state());
    CompletableFuture<?> carriedOut =
        lastCarriedOut.thenCombineAsync(
            write,
            (_, _) -> {
              StepPoint.STEP_CARRY_OUT.before();
              published = step.state();
              listener().carryOut(before, step.state(), step.actions());
              StepPoint.STEP_CARRY_OUT.after();
              return step.state();
            },
            effects);
    lastCarriedOut = carriedOut;
    // Also while the telling of an earlier step hangs.
    haltIfFailed(carriedOut, "What was decided could not be made durable");
    CompletableFuture<ClusterState> told =
        lastTold.thenCombineAsync(
            carriedOut,
            (_, _) -> {
              StepPoint.STEP_TELL.before();
              listener().tell(before, step.state(), step.actions());
              StepPoint.STEP_TELL.after();
              return step.state();
            },
            telling);
    lastTold = told;
    haltIfFailed(told, "What was decided could not be told");
    return told;
  }

  private void haltIfFailed(CompletableFuture<?> stage, String what) {
    var _ =
        stage.whenComplete(
            (_, failure) -> {
              if (failure != null && !closed) {
                LOG.error("{}; the service halts. Applications go on.", what, failure);
                halt.accept(failure);
              }
            });
  }

  private StepListener listener() {
    StepListener current = listener;
    if (current == null) {
      throw new IllegalStateException("decided before it was started");
    }
    return current;
  }

  private static ExecutorService oneThread(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon(true).factory());
  }

  /** Decides nothing any more; what was decided is carried out, who still asks is refused. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    effects.shutdown();
    telling.shutdown();
    refuseWaiting();
  }
}
