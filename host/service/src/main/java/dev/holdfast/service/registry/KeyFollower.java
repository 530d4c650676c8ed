package dev.holdfast.service.registry;

import dev.holdfast.registry.Commit;
import dev.holdfast.registry.Effect;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NotifyFilter;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watcher;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.RegistryChangeView;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Tells changes at a key, and below it when asked.
 *
 * @param filter the kinds of change that are told; that the key is gone is told whatever it says
 * @param taker takes a change; false when it takes no more
 * @param end called when no more will come
 */
record KeyFollower(
    Place place,
    boolean recursive,
    NotifyFilter filter,
    InstantSource clock,
    Predicate<RegistryChangeView> taker,
    Runnable end)
    implements Watcher {
  private static final Map<String, NotifyFilter> KINDS =
      Map.of(
          "name", NotifyFilter.NAME,
          "attributes", NotifyFilter.ATTRIBUTES,
          "value", NotifyFilter.LAST_SET,
          "security", NotifyFilter.SECURITY);

  /** The filter for kinds by their names; for none, all of them. */
  static NotifyFilter filter(List<String> kinds) {
    return kinds.stream()
        .map(
            kind ->
                Optional.ofNullable(KINDS.get(kind))
                    .orElseThrow(
                        () ->
                            new ApiException.Usage(
                                "BadFilter",
                                "\"%s\" is no kind of change; kinds are name, attributes, value and security."
                                    .formatted(kind))))
        .reduce(NotifyFilter::with)
        .orElse(NotifyFilter.ALL);
  }

  @Override
  public void committed(Commit commit) {
    for (Effect effect : commit.effects()) {
      if (isFor(effect)) {
        tell(commit.revision(), commit.time().toInstant(), effect.key(), what(effect));
      }
    }
  }

  @Override
  public void fellBehind(Snapshot current) {
    tell(current.revision(), clock.instant(), place.key(), "missed");
  }

  private boolean isFor(Effect effect) {
    return switch (effect) {
      case Effect.Changed(KeyPath key, NotifyFilter kind) ->
          filter.contains(kind)
              && (recursive ? key.isWithin(place.key()) : key.equals(place.key()));
      case Effect.Deleted(KeyPath key) ->
          place.key().isWithin(key) || (recursive && key.isWithin(place.key()));
    };
  }

  private static String what(Effect effect) {
    return switch (effect) {
      case Effect.Deleted _ -> "deleted";
      case Effect.Changed(KeyPath _, NotifyFilter kind) ->
          KINDS.entrySet().stream()
              .filter(each -> each.getValue().equals(kind))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElseThrow();
    };
  }

  private void tell(Revision revision, Instant time, KeyPath key, String what) {
    var change =
        new RegistryChangeView(
            place.hive().path(), revision.number(), time, place.hive().path(key), what);
    if (!taker.test(change)) {
      end.run();
    }
  }
}
