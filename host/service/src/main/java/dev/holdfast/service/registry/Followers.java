package dev.holdfast.service.registry;

import dev.holdfast.service.api.BlockingFeed;
import dev.holdfast.service.api.RegistryChangeView;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who follows the changes of which hive, so that they hear of its being unloaded: a hive that is
 * let go of makes no more commits, and they would wait for ever. Thread-safe.
 */
final class Followers {
  private final InstantSource clock;
  private final Map<MountedHive, Set<BlockingFeed<RegistryChangeView>>> feeds = new HashMap<>();

  Followers(InstantSource clock) {
    this.clock = clock;
  }

  synchronized void add(MountedHive hive, BlockingFeed<RegistryChangeView> feed) {
    feeds.computeIfAbsent(hive, _ -> new LinkedHashSet<>()).add(feed);
  }

  synchronized void remove(MountedHive hive, BlockingFeed<RegistryChangeView> feed) {
    feeds.computeIfPresent(
        hive,
        (_, following) -> {
          following.remove(feed);
          return following.isEmpty() ? null : following;
        });
  }

  /** Tells all who follow the hive that it was unloaded, as the last they hear of it. */
  void unloaded(MountedHive hive) {
    var last =
        new RegistryChangeView(
            hive.path(),
            hive.snapshot().revision().number(),
            clock.instant(),
            hive.path(),
            "unloaded");
    for (BlockingFeed<RegistryChangeView> feed : following(hive)) {
      feed.add(last);
      feed.close();
    }
  }

  private synchronized List<BlockingFeed<RegistryChangeView>> following(MountedHive hive) {
    return List.copyOf(feeds.getOrDefault(hive, Set.of()));
  }
}
