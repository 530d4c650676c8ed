package dev.holdfast.registry;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Where watchers hear of commits. It keeps the last commits once, for all of them; a watcher is a
 * place in that row and costs no queue of its own. One that is still at a commit which is dropped
 * has fallen behind and is told so.
 *
 * <p>Thread-safe. Nobody waits for a watcher.
 */
public final class CommitFeed {
  /** Commits kept for watchers that are not up to date. */
  public static final int HISTORY_COMMITS_MAX = 4_096;

  /** Bytes of data and names in the commits kept; the newest one is kept whatever its size. */
  public static final long HISTORY_BYTES_MAX = 16L << 20;

  private static final int DELIVERED_AT_ONCE_MAX = 256;
  private static final System.Logger LOG = System.getLogger(CommitFeed.class.getName());

  private record Kept(Commit commit, long sizeBytes) {}

  private final ArrayDeque<Kept> history = new ArrayDeque<>();
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
  private long historyBytes;
  private Snapshot current;

  public CommitFeed(Snapshot current) {
    this.current = current;
  }

  /** {@link #append} and {@link #wake}. */
  public void publish(List<Commit> commits, Snapshot after) {
    append(commits, after);
    wake();
  }

  /**
   * Adds commits to the row; {@code after} is the snapshot right after the last of them. Watchers
   * are told at the next {@link #wake}, or before.
   *
   * @throws IllegalStateException if there is a gap before, between or after them: our own mistake
   */
  public synchronized void append(List<Commit> commits, Snapshot after) {
    long expected = current.revision().number();
    for (Commit commit : commits) {
      if (commit.revision().number() != ++expected) {
        throw new IllegalStateException(
            "commit %s published where %d was due".formatted(commit.revision(), expected));
      }
      keep(commit);
    }
    if (after.revision().number() != expected) {
      throw new IllegalStateException(
          "snapshot %s published after commit %d".formatted(after.revision(), expected));
    }
    current = after;
  }

  /**
   * Sees to it that watchers are told. Runs code of others when an executor runs what it is given
   * at once, so not to be called while holding anything that such code may want.
   */
  public void wake() {
    for (Subscription subscription : subscriptions) {
      subscription.wake();
    }
  }

  /**
   * Tells the watcher, on the executor, of every commit after that revision: those still kept and
   * all to come. Of a revision that is not yet there: from the one after it on.
   */
  public Watch subscribe(Revision after, Executor executor, Watcher watcher) {
    var subscription = new Subscription(after.number() + 1, executor, watcher);
    subscriptions.add(subscription);
    subscription.wake();
    return subscription;
  }

  private void keep(Commit commit) {
    var kept = new Kept(commit, sizeBytes(commit));
    history.addLast(kept);
    historyBytes += kept.sizeBytes();
    while (history.size() > HISTORY_COMMITS_MAX
        || (historyBytes > HISTORY_BYTES_MAX && history.size() > 1)) {
      historyBytes -= history.removeFirst().sizeBytes();
    }
  }

  private static long sizeBytes(Commit commit) {
    long size = 64L * commit.effects().size();
    for (Change change : commit.batch().changes()) {
      size +=
          switch (change) {
            case Change.SetValue(_, RegistryValue value) ->
                value.sizeBytes() + 2L * value.name().length();
            case Change.DeleteValue(_, String name) -> 2L * name.length();
            case Change.ReplaceContents(_, RegistryKey contents) -> sizeBytes(contents);
            case Change.SetSecurity(_, DescriptorBytes descriptor) -> descriptor.sizeBytes();
            case Change.CreateKey(_, KeyOptions options) -> sizeBytes(options);
            case Change.DeleteKey _, Change.DeleteTree _ -> 0;
          };
      size += 64;
    }
    return size;
  }

  private static long sizeBytes(RegistryKey key) {
    long size = Contents.bytes(key);
    for (RegistryKey subkey : key.subkeys()) {
      size += sizeBytes(subkey);
    }
    return size;
  }

  private static long sizeBytes(KeyOptions options) {
    DescriptorBytes security = options.security();
    return 2L * options.className().length() + (security == null ? 0 : security.sizeBytes());
  }

  /** What a watcher that is due the commit {@code next} is told now. */
  private record Delivery(@Nullable Snapshot behind, List<Commit> commits) {}

  private synchronized boolean isDue(long next) {
    return next <= current.revision().number();
  }

  private synchronized Delivery due(long next) {
    long newest = current.revision().number();
    long oldest = newest - history.size() + 1;
    if (next > newest) {
      return new Delivery(null, List.of());
    }
    if (next < oldest) {
      return new Delivery(current, List.of());
    }
    // From the newest back: who is up to date waits for one, and thousands may be kept.
    var commits = new ArrayList<Commit>();
    long later = newest - next + 1 - DELIVERED_AT_ONCE_MAX;
    Iterator<Kept> newestFirst = history.descendingIterator();
    for (long at = newest; at >= next; at--) {
      Kept kept = newestFirst.next();
      if (later-- <= 0) {
        commits.add(kept.commit());
      }
    }
    Collections.reverse(commits);
    return new Delivery(null, commits);
  }

  private final class Subscription implements Watch, Runnable {
    private final Executor executor;
    private final Watcher watcher;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean closed;
    // Written only by the one run at a time; the flag above orders one run before the next.
    private long next;

    Subscription(long next, Executor executor, Watcher watcher) {
      this.next = next;
      this.executor = executor;
      this.watcher = watcher;
    }

    void wake() {
      if (closed || !scheduled.compareAndSet(false, true)) {
        return;
      }
      try {
        executor.execute(this);
      } catch (RejectedExecutionException e) {
        // The executor was shut down: there is nobody left to tell.
        close();
      }
    }

    @Override
    public void run() {
      deliver();
      // Read before the flag falls: from then on another run may be at work.
      long due = next;
      scheduled.set(false);
      // A commit that came since the last look found the flag still up and woke nobody.
      if (isDue(due)) {
        wake();
      }
    }

    private void deliver() {
      Delivery delivery = due(next);
      Snapshot behind = delivery.behind();
      if (behind != null && !closed) {
        next = behind.revision().number() + 1;
        tell(() -> watcher.fellBehind(behind));
      }
      for (Commit commit : delivery.commits()) {
        if (closed) {
          return;
        }
        next = commit.revision().number() + 1;
        tell(() -> watcher.committed(commit));
      }
    }

    private void tell(Runnable call) {
      try {
        call.run();
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "a watcher of the registry failed; it is told the next commit", e);
      }
    }

    @Override
    public void close() {
      closed = true;
      subscriptions.remove(this);
    }
  }
}
