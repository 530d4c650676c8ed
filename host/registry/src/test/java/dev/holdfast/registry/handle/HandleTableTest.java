package dev.holdfast.registry.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.handle.HandleException.Reason;
import dev.holdfast.registry.security.KeyAccess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandleTableTest {
  private static final KeyPath EXCHANGE =
      KeyPath.of("HKLM\\System\\ControlSet001\\Services\\MSExchangeIMC");
  private static final KeyPath PARAMETERS = EXCHANGE.child("Parameters");
  private static final HandleOwner WINLOGON = owner(214, 1);
  private static final HandleOwner CLUSTER_SERVICE = owner(97, 2);

  private static final Revision FIRST = new Revision(1);
  private static final Revision LATER = new Revision(2);

  private Instant now = Instant.parse("2001-12-11T08:00:00Z");
  private final HandleTable table = new HandleTable(() -> now);

  @Test
  void aHandleSaysWhoHoldsWhatSinceWhen() throws Exception {
    KeyPath opened = KeyPath.of("HKLM\\System\\CurrentControlSet\\Services\\MSExchangeIMC");
    Instant start = now;

    KeyHandle handle = table.open(opened, EXCHANGE, FIRST, KeyAccess.KEY_READ, WINLOGON);
    now = start.plusSeconds(60);
    table.use(handle.id(), WINLOGON, KeyAccess.KEY_QUERY_VALUE);
    now = start.plusSeconds(90);

    assertThat(table.list())
        .containsExactly(
            new KeyHandle(
                handle.id(),
                opened,
                EXCHANGE,
                FIRST,
                KeyAccess.KEY_READ,
                WINLOGON,
                start,
                start.plusSeconds(60),
                HandleState.OPEN));
    assertThat(table.list().getFirst().age(now)).isEqualTo(Duration.ofSeconds(90));
    assertThat(table.list().getFirst().idle(now)).isEqualTo(Duration.ofSeconds(30));
    assertThat(WINLOGON).hasToString("a program, pid 214 (start 5000, uid 1000, connection 1)");
  }

  @Test
  void whenTheClockWasSetBack_noAgeIsNegative() throws Exception {
    KeyHandle handle = open(EXCHANGE, WINLOGON);

    assertThat(handle.age(now.minusSeconds(5))).isZero();
    assertThat(handle.idle(now.minusSeconds(5))).isZero();
  }

  @Test
  void use_beyondWhatWasGranted_isRefusedSayingWhatIsMissing() throws Exception {
    KeyHandle handle = open(EXCHANGE, WINLOGON);

    HandleException refused =
        refusal(handle.id(), WINLOGON, KeyAccess.KEY_QUERY_VALUE.with(KeyAccess.KEY_SET_VALUE));

    assertThat(refused.reason()).isEqualTo(Reason.RIGHT_NOT_GRANTED);
    assertThat(refused.reason().windowsError()).isEqualTo(5);
    assertThat(refused)
        .hasMessageContaining("was opened with KEY_READ")
        .hasMessageContaining("takes KEY_SET_VALUE too");
  }

  @Test
  void use_ofAnothersOrAClosedHandle_findsNone() throws Exception {
    KeyHandle handle = open(EXCHANGE, WINLOGON);

    assertThat(refusal(handle.id(), CLUSTER_SERVICE, KeyAccess.NONE).reason())
        .isEqualTo(Reason.NO_SUCH_HANDLE);
    table.close(handle.id());
    assertThat(refusal(handle.id(), WINLOGON, KeyAccess.NONE).reason())
        .isEqualTo(Reason.NO_SUCH_HANDLE);
    assertThat(Reason.NO_SUCH_HANDLE.windowsError()).isEqualTo(6);
  }

  @Test
  void aHandleIsItsProcesss_byWhateverConnection() throws Exception {
    KeyHandle handle = open(EXCHANGE, WINLOGON);

    assertThat(table.use(handle.id(), owner(214, 7), KeyAccess.KEY_READ).id())
        .isEqualTo(handle.id());
    assertThat(refusal(handle.id(), owner(215, 1), KeyAccess.KEY_READ).reason())
        .isEqualTo(Reason.NO_SUCH_HANDLE);
  }

  @Test
  void processesThatCannotBeSeen_areToldApartByTheirConnections() throws Exception {
    KeyHandle handle = open(EXCHANGE, owner(0, 3));

    assertThat(refusal(handle.id(), owner(0, 4), KeyAccess.KEY_READ).reason())
        .isEqualTo(Reason.NO_SUCH_HANDLE);
    assertThat(table.use(handle.id(), owner(0, 3), KeyAccess.KEY_READ).id()).isEqualTo(handle.id());
  }

  @Test
  void aDeletionThatCameBeforeTheOpening_isOfAnotherKeyOfThatName() throws Exception {
    KeyHandle handle = table.open(EXCHANGE, EXCHANGE, LATER, KeyAccess.KEY_READ, WINLOGON);

    assertThat(table.keyDeleted(EXCHANGE, LATER)).isEmpty();
    assertThat(table.use(handle.id(), WINLOGON, KeyAccess.KEY_READ).isOpen()).isTrue();
  }

  @Test
  void afterItsKeyWasDeleted_everyUseSaysSo_untilItIsClosed() throws Exception {
    KeyHandle above = open(EXCHANGE, WINLOGON);
    KeyHandle handle = open(PARAMETERS, WINLOGON);
    KeyHandle below = open(PARAMETERS.child("x"), CLUSTER_SERVICE);

    List<KeyHandle> stale = table.keyDeleted(PARAMETERS, LATER);

    assertThat(stale).extracting(KeyHandle::id).containsExactly(handle.id(), below.id());
    assertThat(stale).extracting(KeyHandle::state).containsOnly(HandleState.KEY_DELETED);
    HandleException refused = refusal(handle.id(), WINLOGON, KeyAccess.NONE);
    assertThat(refused.reason()).isEqualTo(Reason.KEY_DELETED);
    assertThat(refused.reason().windowsError()).isEqualTo(1018);
    assertThat(refused).hasMessageContaining(PARAMETERS.toString());
    assertThat(table.use(above.id(), WINLOGON, KeyAccess.KEY_READ).state())
        .isEqualTo(HandleState.OPEN);
    assertThat(table.close(handle.id()))
        .hasValueSatisfying(closed -> assertThat(closed.state()).isEqualTo(HandleState.CLOSED));
  }

  @Test
  void aKeyCreatedAnew_doesNotReviveOldHandles() throws Exception {
    KeyHandle old = open(EXCHANGE, WINLOGON);
    table.keyDeleted(EXCHANGE, LATER);

    KeyHandle anew = open(EXCHANGE, WINLOGON);

    assertThat(table.within(EXCHANGE)).containsExactly(anew);
    assertThat(refusal(old.id(), WINLOGON, KeyAccess.NONE).reason()).isEqualTo(Reason.KEY_DELETED);
    assertThat(table.keyDeleted(EXCHANGE, LATER))
        .extracting(KeyHandle::id)
        .containsExactly(anew.id());
  }

  /** Q316772: the restore fails because Winlogon holds keys, which are known by resolved path. */
  @Test
  void heldByOthers_isWhatHindersARestore() throws Exception {
    KeyHandle held = open(KeyPath.of(PARAMETERS.toString().toUpperCase(Locale.ROOT)), WINLOGON);
    open(EXCHANGE, CLUSTER_SERVICE);
    open(EXCHANGE.parent(), WINLOGON);
    open(KeyPath.of(EXCHANGE + "2"), WINLOGON);

    assertThat(table.heldByOthers(EXCHANGE, CLUSTER_SERVICE)).containsExactly(held);
    assertThat(table.heldByOthers(PARAMETERS, WINLOGON)).isEmpty();
    assertThat(table.within(KeyPath.ROOT)).hasSize(4);
  }

  @Test
  void afterAForcedRestore_onlyTheRestorersHandleToTheKeyItselfIsOpen() throws Exception {
    KeyHandle restorers = open(EXCHANGE, CLUSTER_SERVICE);
    KeyHandle restorersBelow = open(PARAMETERS, CLUSTER_SERVICE);
    KeyHandle others = open(EXCHANGE, WINLOGON);
    KeyHandle othersBelow = open(PARAMETERS, WINLOGON);
    KeyHandle elsewhere = open(EXCHANGE.parent(), WINLOGON);

    List<KeyHandle> stale = table.contentsReplaced(EXCHANGE, CLUSTER_SERVICE, LATER);

    assertThat(stale)
        .extracting(KeyHandle::id)
        .containsExactly(restorersBelow.id(), others.id(), othersBelow.id());
    assertThat(table.within(KeyPath.ROOT)).containsExactly(restorers, elsewhere);
  }

  @Test
  void whenItsConnectionOrProcessEnds_itsHandlesAreClosed() throws Exception {
    KeyHandle first = open(EXCHANGE, WINLOGON);
    KeyHandle second = open(PARAMETERS, WINLOGON);
    table.keyDeleted(PARAMETERS, LATER);
    KeyHandle others = open(EXCHANGE, CLUSTER_SERVICE);

    assertThat(table.closeProcess(WINLOGON.pid(), WINLOGON.startTicks() + 1)).isEmpty();
    assertThat(table.closeConnection(WINLOGON.connection()))
        .extracting(KeyHandle::id)
        .containsExactly(first.id(), second.id());
    assertThat(table.closeConnection(WINLOGON.connection())).isEmpty();
    assertThat(table.hasAny(WINLOGON.connection())).isFalse();
    assertThat(table.hasAny(CLUSTER_SERVICE.connection())).isTrue();
    assertThat(table.list()).containsExactly(others);
    assertThat(table.closeProcess(CLUSTER_SERVICE.pid(), CLUSTER_SERVICE.startTicks())).hasSize(1);
    assertThat(table.list()).isEmpty();
    assertThat(table.close(others.id())).isEmpty();
  }

  @Test
  void tooManyOfAConnection_isRefusedNamingTheLimit_untilOneIsClosed() throws Exception {
    KeyHandle first = open(EXCHANGE, WINLOGON);
    for (int i = 1; i < HandleTable.HANDLES_PER_CONNECTION_MAX; i++) {
      open(EXCHANGE, WINLOGON);
    }
    table.keyDeleted(EXCHANGE, LATER);

    assertThatExceptionOfType(HandleException.class)
        .isThrownBy(() -> open(EXCHANGE, WINLOGON))
        .withMessageContaining("connection 1 of pid 214 has 4,096, at most 4,096 allowed")
        .withMessageContaining("HANDLES_PER_CONNECTION_MAX")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.TOO_MANY_HANDLES));
    open(EXCHANGE, CLUSTER_SERVICE);
    table.close(first.id());
    open(EXCHANGE, WINLOGON);
  }

  @Test
  void tooManyOfAll_isRefusedNamingTheLimit() throws Exception {
    for (int i = 0; i < HandleTable.HANDLES_MAX; i++) {
      open(EXCHANGE, owner(i, 100 + i / 1_000));
    }

    assertThatExceptionOfType(HandleException.class)
        .isThrownBy(() -> open(EXCHANGE, WINLOGON))
        .withMessageContaining("at most 65,536 allowed (HANDLES_MAX)");
  }

  @ParameterizedTest
  @ValueSource(longs = {501, 502, 503, 504})
  void theTableDoesWhatAPlainListWould(long seed) throws Exception {
    var random = new Random(seed);
    var model = new ArrayList<KeyHandle>();
    for (int step = 0; step < 3_000; step++) {
      now = now.plusMillis(random.nextInt(100));
      KeyPath key = key(random);
      HandleOwner owner = owner(random.nextInt(3), random.nextInt(5));
      HandleId id = new HandleId(1 + random.nextInt(1 + step / 3));
      switch (random.nextInt(12)) {
        case 0 -> {
          table.closeConnection(owner.connection());
          model.removeIf(each -> each.owner().connection().equals(owner.connection()));
        }
        case 1 -> {
          table.closeProcess(owner.pid(), owner.startTicks());
          model.removeIf(each -> each.owner().pid() == owner.pid());
        }
        case 2 -> {
          table.keyDeleted(key, LATER);
          model.replaceAll(each -> each.resolved().isWithin(key) ? deleted(each) : each);
        }
        case 3 -> {
          table.contentsReplaced(key, owner, LATER);
          model.replaceAll(
              each ->
                  each.resolved().isWithin(key)
                          && !(each.resolved().equals(key) && each.owner().isSameProcess(owner))
                      ? deleted(each)
                      : each);
        }
        case 4 -> {
          assertThat(table.close(id).isPresent())
              .isEqualTo(model.removeIf(each -> each.id().equals(id)));
        }
        case 5, 6 -> use(model, id, owner);
        default -> model.add(table.open(key, key, FIRST, KeyAccess.KEY_READ, owner));
      }

      assertThat(table.list()).as("seed %d, step %d", seed, step).isEqualTo(model);
      assertThat(table.within(key))
          .as("seed %d, step %d", seed, step)
          .isEqualTo(
              model.stream()
                  .filter(each -> each.state() == HandleState.OPEN)
                  .filter(each -> each.resolved().isWithin(key))
                  .toList());
    }
    assertThat(model).isNotEmpty();
  }

  private void use(List<KeyHandle> model, HandleId id, HandleOwner user) {
    KeyHandle known =
        model.stream()
            .filter(each -> each.id().equals(id))
            .filter(each -> each.owner().isSameProcess(user))
            .findFirst()
            .orElse(null);
    HandleException refused =
        catchThrowableOfType(
            HandleException.class, () -> table.use(id, user, KeyAccess.KEY_QUERY_VALUE));
    if (known == null) {
      assertThat(refused.reason()).isEqualTo(Reason.NO_SUCH_HANDLE);
      return;
    }
    model.set(model.indexOf(known), known.used(now));
    if (known.state() == HandleState.KEY_DELETED) {
      assertThat(refused.reason()).isEqualTo(Reason.KEY_DELETED);
    } else {
      assertThat(refused).isNull();
    }
  }

  private static KeyHandle deleted(KeyHandle handle) {
    return handle.in(HandleState.KEY_DELETED);
  }

  private static KeyPath key(Random random) {
    List<String> names = List.of("a", "A", "b", "ab", "a b");
    KeyPath key = KeyPath.of("HKLM");
    for (int depth = random.nextInt(4); depth > 0; depth--) {
      key = key.child(names.get(random.nextInt(names.size())));
    }
    return key;
  }

  private KeyHandle open(KeyPath key, HandleOwner owner) throws HandleException {
    return table.open(key, key, FIRST, KeyAccess.KEY_READ, owner);
  }

  private HandleException refusal(HandleId id, HandleOwner user, KeyAccess needed) {
    return Objects.requireNonNull(
        catchThrowableOfType(HandleException.class, () -> table.use(id, user, needed)));
  }

  private static HandleOwner owner(long pid, long connection) {
    return new HandleOwner("a program", pid, 5_000, new ConnectionId(connection), 1_000, 1_000);
  }
}
