package dev.holdfast.registry.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.holdfast.registry.Effect;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NotifyFilter;
import dev.holdfast.registry.Origin;
import dev.holdfast.registry.Revision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NotificationsTest {
  private static final Origin CHECKPOINT = new Origin("checkpoint");
  private static final Effect VALUE_OF_A = changed("a", NotifyFilter.LAST_SET);

  private final Notifications notifications = new Notifications(Revision.ZERO);

  /** Armed at {@code a\b}; which effects fire it. */
  @ParameterizedTest(name = "{0}, subtree {1}: {2} of {3} fires: {4}")
  @CsvSource({
    "1, false, 1, a\\b, true",
    "1, false, 1, A\\B, true",
    "1, false, 4, a\\b, false",
    "4, false, 4, a\\b, true",
    "4, false, 1, a\\b, false",
    "2, false, 2, a\\b, true",
    "8, false, 8, a\\b, true",
    "15, false, 8, a\\b, true",
    "7, false, 8, a\\b, false",
    "15, false, 4, a\\b\\c, false",
    "15, true, 4, a\\b\\c, true",
    "15, true, 1, a\\b\\c\\d, true",
    "1, true, 4, a\\b\\c, false",
    "15, true, 4, a, false",
    "15, true, 4, a\\bc, false",
    "1, false, deleted, a\\b, true",
    "8, false, deleted, a, true",
    "4, true, deleted, a\\b\\c, false",
    "4, true, deleted, a\\x, false"
  })
  void whatFires(int filter, boolean subtree, String kind, String key, boolean fires)
      throws Exception {
    Notification notification =
        new Notification(1, KeyPath.of("a\\b"), subtree, new NotifyFilter(filter), Set.of());
    Effect effect =
        kind.equals("deleted")
            ? new Effect.Deleted(KeyPath.of(key))
            : changed(key, new NotifyFilter(Integer.parseInt(kind)));
    notifications.arm(notification, Revision.ZERO);

    List<Fired> fired = commit(1, effect);

    assertThat(fired)
        .isEqualTo(
            fires
                ? List.of(
                    new Fired(notification, Revision.ZERO, new Revision(1), Optional.of(effect)))
                : List.of());
    assertThat(notifications.armedCount()).isEqualTo(fires ? 0 : 1);
  }

  @Test
  void itFiresOnce_thenHasToBeArmedAgain() throws Exception {
    notifications.arm(at("a"), Revision.ZERO);

    assertThat(commit(1, VALUE_OF_A, changed("a", NotifyFilter.NAME))).hasSize(1);
    assertThat(commit(2, VALUE_OF_A)).isEmpty();
  }

  @Test
  void armedAgainFromWhatWasRead_itFiresAtOnceIfSomethingHappenedSince() throws Exception {
    notifications.arm(at("a"), Revision.ZERO);
    commit(1, VALUE_OF_A);
    commit(2, VALUE_OF_A);
    commit(3, changed("b", NotifyFilter.LAST_SET));

    Optional<Fired> missed = notifications.arm(at("a"), new Revision(1));

    assertThat(missed)
        .contains(new Fired(at("a"), new Revision(1), new Revision(2), Optional.of(VALUE_OF_A)));
    assertThat(notifications.armedCount()).isZero();
    assertThat(notifications.arm(at("a"), new Revision(2))).isEmpty();
    assertThat(notifications.armedCount()).isEqualTo(1);
  }

  @Test
  void armedFromARevisionToCome_commitsUpToItDoNotCount() throws Exception {
    notifications.arm(at("a"), new Revision(2));

    assertThat(commit(1, VALUE_OF_A)).isEmpty();
    assertThat(commit(2, VALUE_OF_A)).isEmpty();
    assertThat(commit(3, VALUE_OF_A)).hasSize(1);
  }

  @Test
  void ownRestores_doNotFireWhatAskedSo_norWhenArmedAgain() throws Exception {
    Notification asked =
        new Notification(1, KeyPath.of("a"), true, NotifyFilter.ALL, Set.of(CHECKPOINT));
    notifications.arm(asked, Revision.ZERO);
    notifications.arm(at("a"), Revision.ZERO);

    List<Fired> fired =
        notifications.committed(new Revision(1), List.of(VALUE_OF_A), Optional.of(CHECKPOINT));

    assertThat(fired).extracting(Fired::notification).containsExactly(at("a"));
    assertThat(notifications.arm(asked, Revision.ZERO)).isEmpty();
    assertThat(
            notifications.committed(
                new Revision(2), List.of(VALUE_OF_A), Optional.of(new Origin("other"))))
        .extracting(Fired::notification)
        .containsExactly(asked);
  }

  @Test
  void disarmed_itDoesNotFire() throws Exception {
    notifications.arm(at("a"), Revision.ZERO);

    notifications.disarm(2);
    notifications.disarm(2);

    assertThat(commit(1, VALUE_OF_A)).isEmpty();
  }

  @Test
  void armedAgainUnderTheSameId_itIsReplaced() throws Exception {
    notifications.arm(at("a"), Revision.ZERO);
    notifications.arm(at("b"), Revision.ZERO);

    assertThat(notifications.armedCount()).isEqualTo(1);
    assertThat(commit(1, VALUE_OF_A)).isEmpty();
    assertThat(commit(2, changed("b", NotifyFilter.NAME))).hasSize(1);
  }

  @Test
  void whenCommitsWereLeftOut_allThatWereArmedBeforeFireWithoutACause() throws Exception {
    notifications.arm(at("a"), Revision.ZERO);
    notifications.arm(
        new Notification(9, KeyPath.of("b"), false, NotifyFilter.ALL, Set.of()), new Revision(70));

    List<Fired> fired = notifications.fellBehind(new Revision(70));

    assertThat(fired)
        .containsExactly(new Fired(at("a"), Revision.ZERO, new Revision(70), Optional.empty()));
    assertThat(notifications.arm(at("a"), new Revision(69))).isPresent();
    assertThat(notifications.arm(at("a"), new Revision(70))).isEmpty();
    assertThat(commit(71, VALUE_OF_A)).hasSize(1);
  }

  @Test
  void armedFromBeforeWhatIsKept_itFiresAtOnceWithoutACause() throws Exception {
    var small = new Notifications(Revision.ZERO, 2);
    for (int revision = 1; revision <= 5; revision++) {
      small.committed(new Revision(revision), List.of(VALUE_OF_A), Optional.empty());
    }
    Notification elsewhere = at("z");

    assertThat(small.arm(elsewhere, new Revision(2)))
        .contains(new Fired(elsewhere, new Revision(2), new Revision(5), Optional.empty()));
    assertThat(small.arm(elsewhere, new Revision(3))).isEmpty();
  }

  @Test
  void aCommitLargerThanWhatIsKept_isNotKeptAndNotLost() throws Exception {
    var small = new Notifications(Revision.ZERO, 1);
    small.committed(
        new Revision(1), List.of(VALUE_OF_A, changed("a", NotifyFilter.NAME)), Optional.empty());

    assertThat(small.arm(at("a"), Revision.ZERO)).isPresent();
    assertThat(small.arm(at("a"), new Revision(1))).isEmpty();
  }

  @Test
  void aGapIsOurOwnMistake() {
    assertThatIllegalStateException()
        .isThrownBy(() -> commit(2, VALUE_OF_A))
        .withMessageContaining("commit 2 told where 1 was due");
  }

  @Test
  void tooMany_isRefusedNamingTheLimit() throws Exception {
    for (long id = 0; id < Notifications.NOTIFICATIONS_MAX; id++) {
      notifications.arm(
          new Notification(id, KeyPath.of("a"), false, NotifyFilter.ALL, Set.of()), Revision.ZERO);
    }
    Notification more = new Notification(-1, KeyPath.of("a"), false, NotifyFilter.ALL, Set.of());

    assertThatExceptionOfType(TooManyNotificationsException.class)
        .isThrownBy(() -> notifications.arm(more, Revision.ZERO))
        .withMessageContaining("at most 65,536 allowed (NOTIFICATIONS_MAX)");
  }

  @Test
  void aFilterHasAtLeastOneOfTheFour() {
    assertThat(NotifyFilter.NAME.with(NotifyFilter.SECURITY).mask()).isEqualTo(9);
    assertThatIllegalArgumentException().isThrownBy(() -> new NotifyFilter(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NotifyFilter(0x1000_0001))
        .withMessageContaining("found 0x10000001");
  }

  /**
   * Clients arm, are told, read late, and arm again, while commits come and the history is short.
   * The model keeps all commits for ever and asks each time anew.
   */
  @ParameterizedTest
  @ValueSource(longs = {701, 702, 703, 704, 705, 706})
  void nothingIsLostBetweenFiringAndArmingAgain(long seed) throws Exception {
    var random = new Random(seed);
    int effectsMax = random.nextBoolean() ? 1_000_000 : 6;
    var subject = new Notifications(Revision.ZERO, effectsMax);
    var model = new Model();
    int told = 0;
    for (int step = 0; step < 4_000; step++) {
      Revision current = new Revision(model.commits.size());
      List<Fired> fired = List.of();
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          // From something read a while ago, just now, or yet to come.
          long from = Math.max(0, current.number() + 2 - random.nextInt(8));
          Notification notification = notification(random);
          model.armed.put(notification.id(), notification);
          model.from.put(notification.id(), new Revision(from));
          fired = subject.arm(notification, new Revision(from)).stream().toList();
        }
        case 2 -> {
          long id = random.nextInt(8);
          subject.disarm(id);
          model.armed.remove(id);
        }
        default -> {
          var effects = new ArrayList<Effect>();
          for (int i = random.nextInt(3); i > 0; i--) {
            effects.add(effect(random));
          }
          Optional<Origin> origin =
              random.nextInt(3) == 0 ? Optional.of(CHECKPOINT) : Optional.empty();
          model.commits.add(new Model.Committed(effects, origin));
          fired = subject.committed(current.next(), effects, origin);
        }
      }
      told += fired.size();
      model.check(fired, effectsMax > 6, "seed %d, step %d".formatted(seed, step));
      assertThat(subject.armedCount()).isEqualTo(model.armed.size());
    }
    assertThat(told).isGreaterThan(200);
  }

  private static final class Model {
    record Committed(List<Effect> effects, Optional<Origin> origin) {}

    final List<Committed> commits = new ArrayList<>();
    final Map<Long, Notification> armed = new HashMap<>();
    final Map<Long, Revision> from = new HashMap<>();

    /** Fired is what is due, and only then, or a commit is no longer kept. */
    void check(List<Fired> fired, boolean allIsKept, String when) {
      for (Fired each : fired) {
        Notification notification = each.notification();
        assertThat(armed.remove(notification.id())).as(when).isEqualTo(notification);
        if (allIsKept || each.cause().isPresent()) {
          assertThat(isDue(notification)).as("%s: %s", when, each).isTrue();
        }
        if (allIsKept) {
          assertThat(each.cause()).as(when).isPresent();
        }
      }
      for (Notification still : armed.values()) {
        assertThat(isDue(still)).as("%s: lost for %s", when, still).isFalse();
      }
    }

    private boolean isDue(Notification notification) {
      long since = Objects.requireNonNull(from.get(notification.id())).number();
      return commits.stream()
          .skip(since)
          .filter(
              commit ->
                  commit.origin().isEmpty()
                      || !notification.ignored().contains(commit.origin().get()))
          .flatMap(commit -> commit.effects().stream())
          .anyMatch(effect -> matches(notification, effect));
    }

    private static String delimited(KeyPath key) {
      return key.isRoot() ? "\\" : "\\" + key + "\\";
    }

    private static boolean matches(Notification notification, Effect effect) {
      String watched = delimited(notification.key());
      String touched = delimited(effect.key());
      return switch (effect) {
        case Effect.Deleted _ -> watched.startsWith(touched);
        case Effect.Changed(KeyPath _, NotifyFilter kind) ->
            (notification.filter().mask() & kind.mask()) != 0
                && (notification.subtree() ? touched.startsWith(watched) : touched.equals(watched));
      };
    }
  }

  private static Notification notification(Random random) {
    return new Notification(
        random.nextInt(8),
        key(random),
        random.nextBoolean(),
        new NotifyFilter(1 + random.nextInt(15)),
        random.nextBoolean() ? Set.of(CHECKPOINT) : Set.of());
  }

  private static Effect effect(Random random) {
    KeyPath key = key(random);
    return random.nextInt(5) == 0
        ? new Effect.Deleted(key)
        : new Effect.Changed(key, new NotifyFilter(1 << random.nextInt(4)));
  }

  private static KeyPath key(Random random) {
    KeyPath key = KeyPath.ROOT;
    for (int depth = random.nextInt(4); depth > 0; depth--) {
      key = key.child(List.of("a", "b", "ab").get(random.nextInt(3)));
    }
    return key;
  }

  private List<Fired> commit(long revision, Effect... effects) {
    return notifications.committed(new Revision(revision), List.of(effects), Optional.empty());
  }

  private static Notification at(String key) {
    return new Notification(2, KeyPath.of(key), true, NotifyFilter.ALL, Set.of());
  }

  private static Effect changed(String key, NotifyFilter kind) {
    return new Effect.Changed(KeyPath.of(key), kind);
  }
}
