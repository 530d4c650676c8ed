package dev.holdfast.samples.exchange;

import dev.holdfast.client.Changes;
import dev.holdfast.client.Key;
import dev.holdfast.client.KeyChange;
import dev.holdfast.client.Registry;
import dev.holdfast.client.UnreachableException;
import dev.holdfast.client.Value;
import dev.holdfast.client.ValueType;
import dev.holdfast.client.Watch;
import dev.holdfast.client.WatchEnd;
import dev.holdfast.client.WatchListener;
import dev.holdfast.client.WatchPosition;
import dev.holdfast.client.WatchSpec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A service that keeps its settings in the registry: it says what it runs with, and follows changes
 * while it runs. It keeps no handle open, so it is in nobody's way.
 */
final class SettingsService {
  static final String SERVICES = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\";
  private static final String STARTS = "Starts";
  private static final long PAUSE_MILLIS = 500;

  private final String name;
  private final Registry registry;
  private final String parameters;

  /**
   * @param key where its settings are, in the subkey Parameters
   */
  SettingsService(String name, Registry registry, String key) {
    this.name = name;
    this.registry = registry;
    this.parameters = key + "\\Parameters";
  }

  /**
   * Runs until it is ended.
   *
   * @param counting whether it writes, too: how often it was started
   */
  void run(boolean counting) throws InterruptedException {
    if (counting) {
      long starts = registry.key(parameters).findValue(STARTS).map(Value::number).orElse(0L);
      registry.apply(Changes.of().set(parameters, Value.dword(STARTS, starts + 1)));
    }
    Key settings = registry.key(parameters);
    say("runs with", settings);
    WatchPosition position = WatchPosition.after(settings.revision());
    while (true) {
      try {
        position = follow(position).position().orElse(position);
      } catch (UnreachableException away) {
        Thread.sleep(PAUSE_MILLIS); // The cluster service is started again; we go on meanwhile.
      }
    }
  }

  private WatchEnd follow(WatchPosition from) throws InterruptedException {
    var over = new CompletableFuture<WatchEnd>();
    try (Watch _ = registry.watch(WatchSpec.of(parameters).from(from), new Follower(over))) {
      return over.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Follower implements WatchListener {
    private final CompletableFuture<WatchEnd> over;

    Follower(CompletableFuture<WatchEnd> over) {
      this.over = over;
    }

    @Override
    public void changed(KeyChange change) {
      registry.findKey(parameters).ifPresent(key -> say("goes on with", key));
    }

    @Override
    public void ended(WatchEnd end) {
      over.complete(end);
    }
  }

  private void say(String what, Key settings) {
    var line = new StringBuilder(name).append(' ').append(what);
    for (Value value : settings.values()) {
      line.append("  ").append(value.name()).append('=').append(text(value));
    }
    System.out.println(line);
  }

  private static String text(Value value) {
    return value.type().equals(ValueType.DWORD) ? Long.toString(value.number()) : value.string();
  }
}
