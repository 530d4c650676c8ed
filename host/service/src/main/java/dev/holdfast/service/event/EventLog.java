package dev.holdfast.service.event;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event log of this node: every event has the next number, none is missing, none is changed.
 *
 * <p>Safe for use by many threads. Appending never waits for the disk: one thread writes what has
 * gathered, syncs once, and tells all of it durable. Queries and subscribers see an event when it
 * is durable, never before: a seq that was seen never becomes another event's after a crash. While
 * the disk does not write, the log tries again every second and events wait; beyond a limit they
 * are lost, and {@link EventId#EVENTS_LOST} says how many.
 *
 * <p>On opening, what a crash left half written at the end is cut off. Damage anywhere else is
 * looked for in the background, told once by {@link EventId#EVENT_LOG_DAMAGED}, and skipped.
 */
public final class EventLog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventLog.class);

  private static final int BATCH_EVENTS = 1024;
  private static final long RETRY_SECONDS = 1;

  private final EventSegments segments;
  private final String node;
  private final InstantSource clock;
  private final EventLogLimits limits;
  private final Thread writer;
  private final Thread checker;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition news = lock.newCondition();
  private final Condition stop = lock.newCondition();

  // All guarded by the lock.
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Deque<Event> recent = new ArrayDeque<>();
  private long nextSeq;
  private long durableSeq;
  private long lost;

  /** Written under the lock; read without it by who only wants to stop early. */
  private volatile boolean closing;

  private record Waiting(Event event, CompletableFuture<Void> durable) {}

  private EventLog(
      EventSegments segments, String node, InstantSource clock, EventLogLimits limits) {
    this.segments = segments;
    this.node = node;
    this.clock = clock;
    this.limits = limits;
    this.recent.addAll(segments.newest());
    this.nextSeq = segments.next();
    this.durableSeq = nextSeq - 1;
    this.writer = Thread.ofPlatform().name("holdfast-events").daemon(true).unstarted(this::write);
    this.checker = Thread.ofVirtual().name("holdfast-events-check").unstarted(this::check);
  }

  /**
   * Opens the log in a folder, which is made when it is not there. One at a time: the home's lock
   * sees to that.
   *
   * @param node whose events these are
   * @throws IOException when the folder cannot be read or written
   */
  public static EventLog open(Path folder, String node, InstantSource clock, EventLogLimits limits)
      throws IOException {
    EventLog opened = new EventLog(new EventSegments(folder, limits), node, clock, limits);
    opened.writer.start();
    opened.checker.start();
    return opened;
  }

  /**
   * On a thread of its own, for a long log takes a while. Tells what was not told at an earlier
   * start.
   */
  private void check() {
    try {
      List<EventSegment.Damage> damages = segments.findDamages(() -> closing);
      if (damages.isEmpty()) {
        return;
      }
      List<Event> told =
          query(new EventQuery(null, EventId.EVENT_LOG_DAMAGED.number(), null, null, 1000));
      for (EventSegment.Damage damage : damages) {
        log.error("{}, line {}: {}", damage.file(), damage.line(), damage.what());
        NewEvent event =
            EventId.EVENT_LOG_DAMAGED.of(damage.file().getFileName(), damage.line(), damage.what());
        if (told.stream().noneMatch(old -> old.parameters().equals(event.parameters()))) {
          var _ = append(event);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      log.error("The event log cannot be checked for damage", e);
    }
  }

  /** Takes an event. Returns at once; see {@link Appended}. Never throws. */
  public Appended append(NewEvent event) {
    lock.lock();
    try {
      if (closing || waiting.size() >= limits.waitingEvents()) {
        return refused(event);
      }
      if (lost > 0) {
        long count = lost;
        lost = 0;
        var _ = enqueue(EventId.EVENTS_LOST.of(count));
      }
      return enqueue(event);
    } finally {
      lock.unlock();
    }
  }

  private Appended enqueue(NewEvent event) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Waiting one = new Waiting(Event.of(nextSeq++, event, now, node), new CompletableFuture<>());
    waiting.addLast(one);
    work.signal();
    return new Appended(one.event().seq(), one.durable());
  }

  private Appended refused(NewEvent event) {
    lost++;
    String why =
        closing ? "the event log is closed" : waiting.size() + " events wait for the disk already";
    if (lost == 1 || closing) {
      log.error("Event {} is lost, because {}: {}", event.id().number(), why, event);
    }
    return new Appended(0, CompletableFuture.failedFuture(new IOException("Lost: " + why)));
  }

  private void write() {
    while (true) {
      List<Waiting> batch = nextBatch();
      if (batch.isEmpty()) {
        return;
      }
      try {
        segments.append(
            batch.getFirst().event().seq(),
            batch.stream().map(one -> EventLine.encode(one.event())).toList());
        published(batch);
      } catch (IOException e) {
        if (!retryLater(batch, e)) {
          return;
        }
      }
    }
  }

  /** Waits for events; empty when the log is closed and none are left. */
  private List<Waiting> nextBatch() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closing) {
        work.awaitUninterruptibly();
      }
      return waiting.stream().limit(BATCH_EVENTS).toList();
    } finally {
      lock.unlock();
    }
  }

  private void published(List<Waiting> batch) {
    lock.lock();
    try {
      for (Waiting one : batch) {
        waiting.removeFirst();
        recent.addLast(one.event());
        if (recent.size() > limits.recentEvents()) {
          recent.removeFirst();
        }
      }
      durableSeq = batch.getLast().event().seq();
      news.signalAll();
    } finally {
      lock.unlock();
    }
    batch.forEach(one -> one.durable().complete(null));
  }

  /**
   * Whether to try again, which is after a pause; when the log is being closed, at once and once.
   */
  private boolean retryLater(List<Waiting> batch, IOException e) {
    log.error("{} events cannot be written; trying again", batch.size(), e);
    List<Waiting> abandoned;
    lock.lock();
    try {
      if (!closing) {
        long left = TimeUnit.SECONDS.toNanos(RETRY_SECONDS);
        while (!closing && left > 0) {
          left = stop.awaitNanos(left);
        }
        return true;
      }
      abandoned = List.copyOf(waiting);
      waiting.clear();
    } catch (InterruptedException interrupted) {
      return true; // Nobody interrupts this thread with a meaning.
    } finally {
      lock.unlock();
    }
    abandoned.forEach(one -> one.durable().completeExceptionally(e));
    return false;
  }

  /** The seq of the newest durable event; 0 when there is none. */
  public long newestSeq() {
    lock.lock();
    try {
      return durableSeq;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The newest events that match, oldest first. Reads files when the recent events in memory do not
   * suffice.
   *
   * @throws UncheckedIOException when a file cannot be read
   */
  public List<Event> query(EventQuery query) {
    List<Event> inMemory;
    long durable;
    lock.lock();
    try {
      inMemory = List.copyOf(recent);
      durable = durableSeq;
    } finally {
      lock.unlock();
    }
    List<Event> newestFirst = new ArrayList<>();
    long before = inMemory.isEmpty() ? durable + 1 : inMemory.getFirst().seq();
    if (!collect(inMemory.reversed(), query, newestFirst)) {
      for (EventSegment segment : segments.list().reversed()) {
        if (segment.firstSeq() >= before) {
          continue;
        }
        List<Event> older = read(segment, 1, before - 1);
        if (collect(older.reversed(), query, newestFirst)) {
          break;
        }
      }
    }
    Collections.reverse(newestFirst);
    return newestFirst;
  }

  /** Adds what matches; true when that is enough. */
  private static boolean collect(List<Event> newestFirst, EventQuery query, List<Event> into) {
    for (Event event : newestFirst) {
      if (into.size() >= query.limit()
          || (query.since() != null && event.time().isBefore(query.since()))) {
        return true;
      }
      if (query.matches(event)) {
        into.add(event);
      }
    }
    return into.size() >= query.limit();
  }

  /**
   * Delivers every event from this seq on, those that are there and those to come, in order, each
   * once, on a virtual thread of the subscriber's own: it may block, and delays nobody. It is
   * behind as far as it is slow; when what it waits for was dropped meanwhile, it goes on with the
   * oldest there is. What it throws ends the subscription.
   *
   * @param fromSeq 1 for all; {@link #newestSeq} and one for those to come
   */
  public EventSubscription follow(long fromSeq, Consumer<Event> subscriber) {
    Follower follower = new Follower(fromSeq, subscriber);
    var _ = Thread.ofVirtual().name("holdfast-events-follower").start(follower);
    return follower;
  }

  private final class Follower implements EventSubscription, Runnable {
    private final Consumer<Event> subscriber;
    private long next;
    private volatile boolean closed;

    Follower(long next, Consumer<Event> subscriber) {
      this.next = next;
      this.subscriber = subscriber;
    }

    @Override
    public void run() {
      try {
        while (waitForNews()) {
          for (Event event : from(next)) {
            if (closed) {
              return;
            }
            next = event.seq() + 1;
            subscriber.accept(event);
          }
        }
      } catch (RuntimeException e) {
        log.warn("A subscriber of events failed at event {} and is left out", next - 1, e);
      }
    }

    private boolean waitForNews() {
      lock.lock();
      try {
        while (durableSeq < next && !closed && !closing) {
          news.awaitUninterruptibly();
        }
        return durableSeq >= next && !closed;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        closed = true;
        news.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** The durable events from this seq on, or some of them; at least one when there is one. */
  private List<Event> from(long seq) {
    List<Event> inMemory;
    long durable;
    lock.lock();
    try {
      inMemory = recent.stream().filter(event -> event.seq() >= seq).toList();
      durable = durableSeq;
      if (!recent.isEmpty() && recent.getFirst().seq() <= seq) {
        return inMemory;
      }
    } finally {
      lock.unlock();
    }
    List<EventSegment> all = segments.list();
    for (int i = 0; i < all.size(); i++) {
      boolean before = i + 1 < all.size() && all.get(i + 1).firstSeq() <= seq;
      List<Event> found = before ? List.of() : read(all.get(i), seq, durable);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return inMemory;
  }

  private static List<Event> read(EventSegment segment, long from, long to) {
    try {
      return EventSegments.read(segment, from, to);
    } catch (IOException e) {
      throw new UncheckedIOException("Events cannot be read from " + segment.file(), e);
    }
  }

  /** Writes what waits, and closes. Subscribers get what is durable, and no more. */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closing = true;
      work.signalAll();
      stop.signalAll();
      news.signalAll();
    } finally {
      lock.unlock();
    }
    Uninterruptibles.joinUninterruptibly(checker);
    Uninterruptibles.joinUninterruptibly(writer);
    segments.close();
  }
}
