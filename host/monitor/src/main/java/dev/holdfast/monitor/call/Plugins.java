package dev.holdfast.monitor.call;

import dev.holdfast.monitor.plugin.LoadedPlugin;
import dev.holdfast.monitor.plugin.LoadedType;
import dev.holdfast.monitor.plugin.PluginFolder;
import dev.holdfast.monitor.plugin.PluginRefusedException;
import dev.holdfast.protocol.DescriptionCodec;
import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.Loaded;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The plugins of this monitor, by the digest of their archives. Each is loaded once, on a thread of
 * its own, and told again to whoever asks again; one that could not be loaded is then tried again.
 * Two archives of one plugin are never in one monitor. Thread-safe; never waits.
 */
final class Plugins {
  /** A plugin with its threads. */
  record Hosted(LoadedPlugin plugin, PluginHost host) {}

  private static final class Known {
    final String id;
    final PluginThreads threads;
    final List<Long> waiting = new ArrayList<>();
    @Nullable Hosted hosted;
    long millis;

    Known(String id, PluginThreads threads) {
      this.id = id;
      this.threads = threads;
    }
  }

  private final Surroundings surroundings;
  private final Map<String, Known> byDigest = new HashMap<>();

  Plugins(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * Loads, or answers from what is known.
   *
   * @param begun takes the entry, if one was begun, so that it can be cancelled
   */
  void load(LoadPlugin frame, Consumer<Entry> begun) {
    Known known;
    Failure conflict = null;
    boolean first = false;
    synchronized (this) {
      known = byDigest.get(frame.getDigest());
      if (known == null) {
        conflict = conflict(frame);
        if (conflict == null) {
          first = true;
          known = new Known(frame.getPlugin(), newThreads(frame.getPlugin(), frame.getVersion()));
          byDigest.put(frame.getDigest(), known);
        }
      }
      if (known != null && known.hosted == null) {
        known.waiting.add(frame.getCall());
      }
    }
    if (conflict != null) {
      send(refused(frame.getCall(), frame.getDigest(), conflict, 0));
    } else if (first && known != null) {
      begun.accept(begin(frame, known));
    } else if (known != null) {
      answer(frame.getCall(), known);
    }
  }

  /** The plugin, once it is loaded. */
  synchronized Optional<Hosted> find(String digest) {
    var known = byDigest.get(digest);
    return Optional.ofNullable(known == null ? null : known.hosted);
  }

  /** The plugins that are loaded; not those that failed to, nor those under way. */
  synchronized List<LoadedPlugin> loaded() {
    return byDigest.values().stream()
        .flatMap(known -> Stream.ofNullable(known.hosted))
        .map(Hosted::plugin)
        .toList();
  }

  /** Threads inside plugin code now. */
  synchronized int inside() {
    return byDigest.values().stream().mapToInt(known -> known.threads.inside()).sum();
  }

  private PluginThreads newThreads(String id, String version) {
    return new PluginThreads(id + "@" + version, surroundings.alarms());
  }

  private @Nullable Failure conflict(LoadPlugin frame) {
    for (var entry : byDigest.entrySet()) {
      if (entry.getValue().id.equals(frame.getPlugin())) {
        return new PluginRefusedException(
                PluginRefusedException.PLUGIN_CONFLICT,
                "Plugin %s@%s (archive %s) cannot be loaded beside another archive of the same plugin, %s: start another monitor for it."
                    .formatted(
                        frame.getPlugin(), frame.getVersion(), frame.getDigest(), entry.getKey()),
                null)
            .failure();
      }
    }
    return null;
  }

  private Entry begin(LoadPlugin frame, Known known) {
    var folder =
        new PluginFolder(
            frame.getPlugin(), frame.getVersion(), frame.getDigest(), Path.of(frame.getFolder()));
    String label = frame.getPlugin() + "@" + frame.getVersion();
    var entry =
        Entry.waiting(
            new Entry.What(
                EntryPoint.LOAD,
                frame.getCall(),
                "",
                "plugin " + label,
                new PluginHost(label, ClassLoader.getPlatformClassLoader(), known.threads),
                0,
                null),
            surroundings,
            _ -> load(folder),
            outcome -> ended(frame.getDigest(), known, outcome),
            Entry.NO_DOOR);
    known.threads.run(entry);
    return entry;
  }

  /** What is wrong with a plugin is a result, too. */
  private static Object load(PluginFolder folder) {
    try {
      return folder.load();
    } catch (PluginRefusedException e) {
      return e.failure();
    }
  }

  private void ended(String digest, Known known, Outcome outcome) {
    List<Long> calls;
    Failure failure = null;
    synchronized (this) {
      known.millis = outcome.millis();
      if (outcome instanceof Outcome.Returned(LoadedPlugin plugin, long _)) {
        known.hosted = host(plugin, known.threads);
      } else {
        // Nothing of it is kept: its class loader is never used, and the next try has another.
        byDigest.remove(digest);
        failure = failure(outcome, known);
      }
      calls = List.copyOf(known.waiting);
      known.waiting.clear();
    }
    for (long call : calls) {
      if (failure == null) {
        answer(call, known);
      } else {
        send(refused(call, digest, failure, outcome.millis()));
      }
    }
  }

  private static Failure failure(Outcome outcome, Known known) {
    return switch (outcome) {
      case Outcome.Returned(Failure failure, long _) -> failure;
      case Outcome.Failed(Failure failure, long _) ->
          failure.getCode().equals(Failures.UNEXPECTED) ? loadFailed(failure, known) : failure;
      case Outcome.Returned other -> throw new IllegalStateException("A load ended with " + other);
    };
  }

  private static Failure loadFailed(Failure failure, Known known) {
    return failure.toBuilder()
        .setCode(PluginRefusedException.LOAD_FAILED)
        .setMessage("Plugin %s cannot be loaded: %s".formatted(known.id, failure.getMessage()))
        .build();
  }

  private static Hosted host(LoadedPlugin plugin, PluginThreads threads) {
    return new Hosted(plugin, new PluginHost(plugin.label(), plugin.loader(), threads));
  }

  private void answer(long call, Known known) {
    Hosted hosted;
    long millis;
    synchronized (this) {
      hosted = known.hosted;
      millis = known.millis;
    }
    if (hosted != null) {
      send(loaded(call, hosted.plugin(), millis));
    }
  }

  private static Loaded loaded(long call, LoadedPlugin plugin, long millis) {
    var loaded =
        Loaded.newBuilder()
            .setCall(call)
            .setDigest(plugin.digest())
            .setMillis(millis)
            .addAllRefused(plugin.refused());
    for (LoadedType type : plugin.types()) {
      loaded
          .addTypesBuilder()
          .setClassName(type.className())
          .setDescription(DescriptionCodec.encode(type.description()));
    }
    return loaded.build();
  }

  private static Loaded refused(long call, String digest, Failure failure, long millis) {
    return Loaded.newBuilder()
        .setCall(call)
        .setDigest(digest)
        .setFailure(failure)
        .setMillis(millis)
        .build();
  }

  private void send(Loaded loaded) {
    surroundings.outgoing().send(ToService.newBuilder().setLoaded(loaded).build());
  }

  /** The failure of a call that names a plugin which is not there. */
  static Failure notLoaded(String digest) {
    return Failures.of(
        Responsibility.INTERNAL,
        Retry.HERE,
        "PluginNotLoaded",
        "The plugin with archive " + digest + " is not loaded in this monitor.");
  }
}
