package dev.holdfast.service.metric;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The series of things that come and go: registered when a thing is there for the first time,
 * removed when it is gone, or is called otherwise. A series that stays behind would tell for ever
 * of a resource that was deleted. Thread-safe.
 *
 * @param <K> what a thing is known by for as long as it is there
 * @param <L> what its series are labelled with
 */
public final class Series<K, L> {
  private record Shown<L>(L labels, List<? extends Meter> meters) {}

  private final MeterRegistry registry;
  private final BiFunction<K, L, List<? extends Meter>> register;
  private final Map<K, Shown<L>> shown = new HashMap<>();

  /**
   * @param register makes the meters of a thing
   */
  public Series(MeterRegistry registry, BiFunction<K, L, List<? extends Meter>> register) {
    this.registry = registry;
    this.register = register;
  }

  /** Shows these things and no others. */
  public synchronized void show(Map<K, L> present) {
    // All that goes before all that comes: a name may have passed from one thing to another.
    shown
        .entrySet()
        .removeIf(
            entry -> {
              boolean stays = entry.getValue().labels().equals(present.get(entry.getKey()));
              if (!stays) {
                entry.getValue().meters().forEach(registry::remove);
              }
              return !stays;
            });
    present.forEach(
        (key, labels) ->
            shown.computeIfAbsent(key, _ -> new Shown<>(labels, register.apply(key, labels))));
  }
}
