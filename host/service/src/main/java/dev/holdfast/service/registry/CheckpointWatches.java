package dev.holdfast.service.registry;

import dev.holdfast.checkpoint.Source;
import dev.holdfast.registry.Commit;
import dev.holdfast.registry.Effect;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watch;
import dev.holdfast.registry.Watcher;
import dev.holdfast.service.api.ApiException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Tells that a key, or one below it, may have changed, by somebody else than the checkpoint layer.
 * The key of a path that goes through {@code CurrentControlSet} is another one when another control
 * set is chosen, and that is a change, too.
 *
 * <p>A hive is listened to once, whatever number of its keys are watched: a commit costs what it
 * changes, and not what there is. Thread-safe.
 */
final class CheckpointWatches {
  private static final KeyPath SELECT = KeyPath.of(ControlSets.SELECT);

  private final RegistryTree tree;
  private final Map<MountedHive, Listening> hives = new HashMap<>();

  CheckpointWatches(RegistryTree tree) {
    this.tree = tree;
  }

  /**
   * Tells of what is committed from now on, until it is closed.
   *
   * @param place where the path leads now
   * @param path from its root on
   * @param changed returns at once
   */
  synchronized Source.Watching watch(Place place, String path, Runnable changed) {
    Listening listening = hives.computeIfAbsent(place.hive(), Listening::new);
    var watched = new Watched(path, changed, Optional.of(place.key()));
    listening.add(watched);
    return () -> close(listening, watched);
  }

  private synchronized void close(Listening listening, Watched watched) {
    if (listening.remove(watched)) {
      hives.remove(listening.hive, listening);
    }
  }

  private Optional<KeyPath> resolved(String path) {
    try {
      return Optional.of(tree.place(path).key());
    } catch (ApiException.NotFound e) {
      return Optional.empty();
    }
  }

  /** A key that is watched; one of them for each that watches it. */
  private static final class Watched {
    final String path;
    final Runnable changed;

    /** Where it is now, within the hive; empty when there is no such hive. */
    Optional<KeyPath> key;

    Watched(String path, Runnable changed, Optional<KeyPath> key) {
      this.path = path;
      this.changed = changed;
      this.key = key;
    }
  }

  /** Hears the commits of one hive. */
  private final class Listening implements Watcher {
    private final MountedHive hive;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    /** Guards what is below. */
    private final Object lock = new Object();

    private final KeysByPath<Watched> byPath = new KeysByPath<>();
    private final Set<Watched> all = new HashSet<>();
    private @Nullable Watch watch;

    Listening(MountedHive hive) {
      this.hive = hive;
    }

    void add(Watched watched) {
      synchronized (lock) {
        all.add(watched);
        watched.key.ifPresent(key -> byPath.add(key, watched));
        if (watch == null) {
          watch = hive.watching().watch(hive.snapshot().revision(), executor, this);
        }
      }
    }

    /** Returns true when it was the last one, and nothing is listened to any more. */
    boolean remove(Watched watched) {
      synchronized (lock) {
        all.remove(watched);
        watched.key.ifPresent(key -> byPath.remove(key, watched));
        if (!all.isEmpty() || watch == null) {
          return false;
        }
        watch.close();
        executor.shutdown();
        return true;
      }
    }

    @Override
    public void committed(Commit commit) {
      boolean isOurs = commit.origin().filter(KeySource.CHECKPOINTS::equals).isPresent();
      Set<Watched> concerned = new HashSet<>();
      synchronized (lock) {
        for (Effect effect : commit.effects()) {
          if (effect.key().isWithin(SELECT)) {
            concerned.addAll(follow());
          }
          if (!isOurs) {
            concerned.addAll(byPath.concernedBy(effect));
          }
        }
      }
      tell(concerned);
    }

    /** Looks where their paths lead now; returns those that lead elsewhere than before. */
    private Set<Watched> follow() {
      Set<Watched> moved = new HashSet<>();
      for (Watched watched : all) {
        Optional<KeyPath> now = resolved(watched.path);
        if (!now.equals(watched.key)) {
          watched.key.ifPresent(key -> byPath.remove(key, watched));
          now.ifPresent(key -> byPath.add(key, watched));
          watched.key = now;
          moved.add(watched);
        }
      }
      return moved;
    }

    @Override
    public void fellBehind(Snapshot current) {
      List<Watched> everyone;
      synchronized (lock) {
        var _ = follow();
        everyone = List.copyOf(all);
      }
      tell(everyone);
    }

    private static void tell(Collection<Watched> concerned) {
      concerned.forEach(each -> each.changed.run());
    }
  }
}
