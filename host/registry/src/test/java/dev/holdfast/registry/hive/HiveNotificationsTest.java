package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.Commit;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NotifyFilter;
import dev.holdfast.registry.Origin;
import dev.holdfast.registry.RandomBatches;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watcher;
import dev.holdfast.registry.notify.Fired;
import dev.holdfast.registry.notify.Notification;
import dev.holdfast.registry.notify.Notifications;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Notifications that are fed by the commits of a hive. */
class HiveNotificationsTest {
  private static final Origin OURS = new Origin("ours");

  /** Whoever compares the snapshots before and after sees nothing that was not told. */
  @ParameterizedTest
  @ValueSource(longs = {901, 902, 903, 904})
  void noChangeThatAComparisonShows_isMissed(long seed) throws Exception {
    var random = new Random(seed);
    var batches = new RandomBatches(random, true);
    var settings =
        new HiveSettings(
            "told", () -> new UUID(1, 2), HiveTimes.UNKNOWN, Long.MAX_VALUE / 4, 1_000);
    var feeding = new Feeding();
    int due = 0;
    try (Hive hive = Hive.create(new SimulatedDisk(), "h.log", settings)) {
      hive.watch(Revision.ZERO, Runnable::run, feeding);
      for (int i = 0; i < 400; i++) {
        Snapshot before = hive.snapshot();
        Batch batch = batches.next(before);
        List<Notification> armed = arm(feeding, batch, before, random);
        boolean ours = random.nextInt(4) == 0;
        if (ours) {
          hive.commit(batch, OURS);
        } else {
          hive.commit(batch);
        }

        Set<Notification> fired = feeding.takeFired();
        for (Notification notification : armed) {
          boolean ignored = ours && notification.ignored().contains(OURS);
          if (ignored) {
            assertThat(fired).doesNotContain(notification);
          } else if (differs(before, hive.snapshot(), notification)) {
            due++;
            assertThat(fired).as("seed %d, batch %s", seed, batch).contains(notification);
          }
        }
      }
    }
    assertThat(due).isGreaterThan(400);
  }

  private static List<Notification> arm(
      Feeding feeding, Batch batch, Snapshot before, Random random) throws Exception {
    var armed = new ArrayList<Notification>();
    for (int id = 0; id < 30; id++) {
      var notification =
          new Notification(
              id,
              near(batch, random),
              random.nextBoolean(),
              new NotifyFilter(1 << random.nextInt(4)),
              random.nextBoolean() ? Set.of(OURS) : Set.of());
      assertThat(feeding.notifications.arm(notification, before.revision())).isEmpty();
      armed.add(notification);
    }
    return armed;
  }

  /** A key that the batch is about, or one above. */
  private static KeyPath near(Batch batch, Random random) {
    KeyPath key = batch.changes().get(random.nextInt(batch.changes().size())).path();
    for (int i = random.nextInt(3); i > 0; i--) {
      key = key.parent();
    }
    return key;
  }

  private static boolean differs(Snapshot before, Snapshot after, Notification notification) {
    Optional<RegistryKey> old = before.key(notification.key());
    Optional<RegistryKey> now = after.key(notification.key());
    if (old.isEmpty()) {
      return false;
    }
    return now.isEmpty()
        || differs(old.get(), now.get(), notification.filter(), notification.subtree());
  }

  private static boolean differs(
      RegistryKey old, RegistryKey now, NotifyFilter filter, boolean subtree) {
    if ((filter.equals(NotifyFilter.NAME) && !names(old).equals(names(now)))
        || (filter.equals(NotifyFilter.LAST_SET) && !values(old).equals(values(now)))
        || (filter.equals(NotifyFilter.SECURITY) && !old.security().equals(now.security()))
        || (filter.equals(NotifyFilter.ATTRIBUTES) && !old.className().equals(now.className()))) {
      return true;
    }
    if (subtree) {
      for (RegistryKey subkey : old.subkeys()) {
        Optional<RegistryKey> same = now.subkey(subkey.name());
        if (same.isPresent() && differs(subkey, same.get(), filter, true)) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<KeyPath> names(RegistryKey key) {
    var names = new ArrayList<KeyPath>();
    key.subkeys().forEach(subkey -> names.add(KeyPath.ROOT.child(subkey.name())));
    return names;
  }

  private static List<RegistryValue> values(RegistryKey key) {
    var values = new ArrayList<RegistryValue>();
    key.values().forEach(values::add);
    return values;
  }

  private static final class Feeding implements Watcher {
    final Notifications notifications = new Notifications(Revision.ZERO);
    final Set<Notification> fired = new HashSet<>();

    @Override
    public void committed(Commit commit) {
      notifications.committed(commit.revision(), commit.effects(), commit.origin()).stream()
          .map(Fired::notification)
          .forEach(fired::add);
    }

    @Override
    public void fellBehind(Snapshot current) {
      throw new AssertionError("fell behind at " + current.revision());
    }

    Set<Notification> takeFired() {
      Set<Notification> taken = Set.copyOf(fired);
      fired.clear();
      return taken;
    }
  }
}
