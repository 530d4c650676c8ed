package dev.holdfast.service.registry;

import static dev.holdfast.service.registry.TestRegistry.ALICE;
import static dev.holdfast.service.registry.TestRegistry.OWNER;
import static dev.holdfast.service.registry.TestRegistry.ROOT;
import static dev.holdfast.service.registry.TestRegistry.createKey;
import static dev.holdfast.service.registry.TestRegistry.deleteTree;
import static dev.holdfast.service.registry.TestRegistry.set;
import static dev.holdfast.service.registry.TestRegistry.sz;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.Feed;
import dev.holdfast.service.api.RegistryApi.HiveUpload;
import dev.holdfast.service.api.RegistryApi.KeyName;
import dev.holdfast.service.api.RegistryBatch;
import dev.holdfast.service.api.RegistryBatch.Change;
import dev.holdfast.service.api.RegistryBatch.Deed;
import dev.holdfast.service.api.RegistryFormat;
import dev.holdfast.service.api.RegistryHandleView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handles: who holds what, and what becomes of it. */
class RegistryHoldsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(1);
  private static final String LINKED = "HKLM\\System\\CurrentControlSet\\Services\\MSExchangeIMC";
  private static final String RESOLVED = "HKLM\\System\\ControlSet001\\Services\\MSExchangeIMC";

  @TempDir Path directory;

  private TestRegistry hives;

  @BeforeEach
  void open() throws IOException {
    hives = new TestRegistry(directory);
    hives.change(OWNER, set(LINKED + "\\Parameters", sz("Port", "25")));
  }

  @AfterEach
  void close() {
    hives.close();
  }

  private Feed<RegistryHandleView> hold(Caller caller, String... paths) {
    return hives.registry.hold(caller, List.of(paths), "read");
  }

  private static RegistryHandleView next(Feed<RegistryHandleView> feed)
      throws InterruptedException {
    return feed.next(LONG).orElseThrow();
  }

  private List<RegistryHandleView> handles(Caller caller) {
    return hives.registry.handles(caller, null);
  }

  private void restore(boolean force) {
    byte[] file = hives.registry.export(OWNER, LINKED, RegistryFormat.HIVE).bytes();
    hives.registry.restore(OWNER, LINKED, new HiveUpload("x.hive", file, false), force, false);
  }

  // ---- who holds what ------------------------------------------------------------------------

  /** Q316772: the event names the one path, and the holder is found under the other. */
  @Test
  void aHandleSaysWhoHoldsWhatSinceWhen_underBothPaths() throws Exception {
    try (var held = hold(ALICE, LINKED)) {
      RegistryHandleView handle = next(held);
      assertThat(handle.key()).isEqualTo(LINKED);
      assertThat(handle.resolvedKey()).isEqualTo(RESOLVED);
      assertThat(handle.rights()).isEqualTo("KEY_READ");
      assertThat(handle.process()).isEqualTo("alice-sh");
      assertThat(handle.pid()).isEqualTo(ALICE.pid());
      hives.now = hives.now.plus(Duration.ofHours(3));
      assertThat(hives.registry.handles(OWNER, RESOLVED))
          .singleElement()
          .extracting(RegistryHandleView::ageSeconds, RegistryHandleView::idleSeconds)
          .containsExactly(10_800L, 10_800L);
      assertThat(hives.registry.handles(OWNER, "HKLM\\Software")).isEmpty();
    }
    assertThat(handles(OWNER)).isEmpty();
  }

  @Test
  void aUserSeesItsOwnHandles_theOwnerOfTheHomeAll() {
    try (var hers = hold(ALICE, LINKED);
        var roots = hold(ROOT, LINKED)) {
      assertThat(hers.ended()).isFalse();
      assertThat(roots.ended()).isFalse();
      assertThat(handles(ALICE)).extracting(RegistryHandleView::pid).containsExactly(102L);
      assertThat(handles(OWNER)).extracting(RegistryHandleView::pid).containsExactly(102L, 103L);
      assertThatThrownBy(
              () -> hives.registry.closeHandle(ALICE, handles(ROOT).getLast().id(), false))
          .isInstanceOf(ApiException.NotFound.class);
    }
  }

  @Test
  void nothingIsHeldOfWhatIsNotThereOrDenied() {
    assertThatThrownBy(() -> hold(OWNER, LINKED, LINKED + "\\None"))
        .isInstanceOf(ApiException.NotFound.class);
    assertThatThrownBy(() -> hives.registry.hold(ALICE, List.of(LINKED), "KEY_SET_VALUE"))
        .isInstanceOf(ApiException.NotPermitted.class);
    assertThat(handles(OWNER)).isEmpty();
  }

  // ---- what ends one -------------------------------------------------------------------------

  @Test
  void whenTheProcessIsGone_itsHandlesAre_alsoIfAChildKeepsTheConnection() throws Exception {
    try (var held = hold(ALICE, LINKED)) {
      next(held);
      assertThat(held.next(SHORT)).isEmpty();
      assertThat(held.ended()).isFalse();
      hives.processes.put(ALICE.pid(), new CallerProcesses.Running(8, "another"));
      assertThat(held.next(SHORT)).isEmpty();
      assertThat(held.ended()).isTrue();
      assertThat(handles(OWNER)).isEmpty();
    }
  }

  @Test
  void whoseHandleIsClosedByAnother_hearsOfIt() throws Exception {
    try (var held = hold(ALICE, LINKED)) {
      long id = next(held).id();
      assertThat(hives.registry.closeHandle(OWNER, id, true).state()).isEqualTo("OPEN");
      assertThat(hives.registry.closeHandle(OWNER, id, false).state()).isEqualTo("CLOSED");
      assertThat(next(held).state()).isEqualTo("CLOSED");
      assertThat(held.next(SHORT)).isEmpty();
      assertThat(held.ended()).isTrue();
      assertThat(hives.closed).extracting(RegistryHandleView::id).containsExactly(id);
    }
  }

  @Test
  void whenTheKeyIsDeleted_theHandleIsWorthNothing_alsoWhenThereIsAnotherOfThatName()
      throws Exception {
    try (var held = hold(OWNER, LINKED + "\\Parameters")) {
      long id = next(held).id();
      assertThat(hives.registry.keys(OWNER, new KeyName("", id), false)).hasSize(1);
      hives.change(OWNER, deleteTree(LINKED), createKey(LINKED + "\\Parameters"));
      assertThatThrownBy(() -> hives.registry.keys(OWNER, new KeyName("", id), false))
          .isInstanceOf(ApiException.Conflict.class)
          .hasMessageContaining("was deleted since it was opened");
      assertThat(next(held).state()).isEqualTo("KEY_DELETED");
      try (var anew = hold(OWNER, LINKED + "\\Parameters")) {
        assertThat(next(anew).state()).isEqualTo("OPEN");
      }
    }
  }

  // ---- using one -----------------------------------------------------------------------------

  @Test
  void whatAHandleWasGrantedCounts_whateverTheKeySaysByNow() throws Exception {
    hives.registry.grant(OWNER, LINKED, "user:1001", "KEY_SET_VALUE", false);
    try (var held = hives.registry.hold(ALICE, List.of(LINKED), "KEY_SET_VALUE")) {
      long id = next(held).id();
      hives.registry.revoke(OWNER, LINKED, "user:1001", "KEY_SET_VALUE", false);
      hives.registry.change(
          ALICE,
          new RegistryBatch(
              List.of(), List.of(new Change(Deed.SET_VALUE, null, sz("Start", "2"))), id),
          false);
      assertThatThrownBy(() -> hives.registry.keys(ALICE, new KeyName("", id), false))
          .isInstanceOf(ApiException.NotPermitted.class)
          .hasMessageContaining("was opened with KEY_SET_VALUE, and this takes");
      assertThatThrownBy(() -> hives.registry.keys(OWNER, new KeyName("", id), false))
          .isInstanceOf(ApiException.NotFound.class);
      assertThat(hives.registry.keys(ALICE, new KeyName("Parameters", id), false).getFirst().path())
          .isEqualTo(LINKED + "\\Parameters");
    }
  }

  @Test
  void whenTheLinkLeadsElsewhere_theHandleIsToTheKeyItWasOpenedTo() throws Exception {
    try (var held = hold(OWNER, LINKED)) {
      long id = next(held).id();
      hives.change(OWNER, set("HKLM\\System\\Select", TestRegistry.dword("Current", "2")));
      assertThat(hives.registry.keys(OWNER, new KeyName("", id), false).getFirst().resolvedPath())
          .isEqualTo(RESOLVED);
    }
  }

  // ---- what is in the way of a restore ---------------------------------------------------------

  @Test
  void aRestoreIsRefusedWhileOthersHoldTheKeyOrOneBelow_andNamesThem() {
    try (var held = hold(ALICE, LINKED + "\\Parameters")) {
      assertThat(held.ended()).isFalse();
      assertThatThrownBy(() -> restore(false))
          .isInstanceOf(ApiException.Conflict.class)
          .hasMessageContaining("alice-sh (pid 102) " + LINKED + "\\Parameters for 0 s");
    }
    restore(false);
  }

  @Test
  void whatOneHoldsOneselfIsNotInTheWay() throws Exception {
    try (var held = hold(OWNER, LINKED, LINKED + "\\Parameters")) {
      restore(false);
      next(held);
      next(held);
      assertThat(next(held))
          .extracting(RegistryHandleView::key, RegistryHandleView::state)
          .containsExactly(LINKED + "\\Parameters", "KEY_DELETED");
      assertThat(handles(OWNER).getFirst().state()).isEqualTo("OPEN");
    }
  }

  @Test
  void aForcedRestoreLeavesTheOthersHandlesWorthless() throws Exception {
    try (var held = hold(ALICE, LINKED)) {
      next(held);
      restore(true);
      assertThat(next(held).state()).isEqualTo("KEY_DELETED");
    }
  }

  @Test
  void whenTheServiceStops_holdsEnd() {
    try (var held = hold(ALICE, LINKED)) {
      hives.registry.close();
      assertThat(held.ended()).isFalse(); // The first line is still to be read.
    }
  }
}
