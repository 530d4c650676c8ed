package dev.holdfast.client;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against the real API over real hives. */
@Timeout(60)
class RegistryTest {
  private static final String APP = "HKLM\\Software\\App";
  private static final String USER = System.getProperty("user.name");

  /** No UTF-8 holds it, and a registry name may. */
  private static final String HALF = "\ud83d";

  @TempDir Path home;
  private GivenService service;
  private Registry registry;

  @BeforeEach
  void start() throws IOException {
    service = new GivenService(home);
    registry = Registry.connect(RegistryLocation.home(home));
  }

  @AfterEach
  void stop() {
    registry.close();
    service.close();
  }

  // ---- values --------------------------------------------------------------------------------

  @Test
  void valuesOfEveryType_comeBackByteForByte() {
    List<Value> values =
        List.of(
            Value.sz("", "the default"),
            Value.binary("Binary", new byte[] {0, -1, 127, -128}),
            Value.dword("Dword", 0xFFFF_FFFFL),
            Value.expandSz("Expand", "%PATH%;ü"),
            Value.sz("Half " + HALF, HALF + " and \udc00\ud83d"),
            Value.multiSz("Multi", List.of("a", "ключ", HALF)),
            Value.of("None", ValueType.NONE, new byte[0]),
            Value.of("Odd", ValueType.SZ, new byte[] {65, 0, 66}),
            Value.of("Other", new ValueType(0xDEAD_BEEF), new byte[] {1}),
            Value.qword("Qword", -2));
    Changes changes = Changes.of();
    values.forEach(value -> changes.set(APP, value));

    Commit commit = registry.apply(changes);

    Key key = registry.key(APP);
    assertThat(key.values()).containsExactlyInAnyOrderElementsOf(values);
    assertThat(commit.hive()).isEqualTo("HKLM\\Software");
    assertThat(commit.changes()).as("the key is made, too").isEqualTo(values.size() + 1);
    assertThat(key.revision()).isEqualTo(commit.revision());
    assertThat(key.requireValue("").string()).isEqualTo("the default");
    assertThat(key.requireValue("dword").number()).isEqualTo(0xFFFF_FFFFL);
    assertThat(key.requireValue("Qword").number()).isEqualTo(-2);
    assertThat(key.requireValue("Multi").strings()).containsExactly("a", "ключ", HALF);
    assertThat(key.requireValue("Odd").string()).isEqualTo("A");
    assertThat(key.requireValue("Expand").bytes()).isEqualTo("%PATH%;ü\0".getBytes(UTF_16LE));
  }

  @Test
  void aValueIsReadAsWhatItIs() {
    assertThatThrownBy(() -> Value.sz("N", "8080").number())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the value \"N\" REG_SZ (10 bytes) is not a number");
    assertThatThrownBy(() -> Value.dword("N", 1).string()).hasMessageContaining("is not a text");
    assertThatThrownBy(() -> Value.dword("N", -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Value.multiSz("N", List.of("")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Value.of("N", ValueType.DWORD_BIG_ENDIAN, new byte[] {0, 0, 1, 2}).number())
        .isEqualTo(258);
  }

  @Test
  void aNameThatIsNoUnicode_isWrittenAndSeen_butCannotBeAskedFor() {
    registry.apply(Changes.of().createKey(APP + "\\" + HALF));

    assertThat(registry.key(APP).subkeys()).containsExactly(HALF);
    assertThat(registry.tree(APP)).extracting(Key::path).contains(APP + "\\" + HALF);
    assertThatThrownBy(() -> registry.key(APP + "\\" + HALF))
        .isInstanceOf(IllegalArgumentException.class);
    registry.apply(Changes.of().createKey(APP + "\\\ud83d\ude00"));
    assertThat(registry.key(APP + "\\\ud83d\ude00").name()).isEqualTo("\ud83d\ude00");
  }

  // ---- keys and changes ----------------------------------------------------------------------

  @Test
  void aKeyShowsWhereItLeads() {
    Key key = registry.key("HKLM\\System\\CurrentControlSet");

    assertThat(key.path()).isEqualTo("HKLM\\System\\CurrentControlSet");
    assertThat(key.resolvedPath()).isEqualTo("HKLM\\System\\ControlSet001");
    assertThat(key.denied()).isEmpty();
  }

  @Test
  void whatIsNotThere_isNotFound() {
    assertThat(registry.findKey(APP)).isEmpty();
    NotFoundException none = catchThrowableOfType(NotFoundException.class, () -> registry.key(APP));
    assertThat(none.code()).isEqualTo("KeyNotFound");
    assertThat(none).hasMessage("There is no key " + APP + ".");
    assertThatThrownBy(() -> registry.key("C:\\x"))
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.code()).isEqualTo("BadPath"));
  }

  @Test
  void changesAreMadeTogetherOrNotAtAll() {
    registry.apply(Changes.of().set(APP, Value.sz("Owner", "alpha")).createKey(APP + "\\Below"));
    Key before = registry.key(APP);
    Changes takeOver =
        Changes.of()
            .ifUnchanged(before)
            .ifKeyExists(APP)
            .ifKeyAbsent(APP + "\\None")
            .ifValue(APP, Value.sz("Owner", "alpha"))
            .ifValueAbsent(APP, "Port")
            .set(APP, Value.sz("Owner", "beta"))
            .deleteKey(APP + "\\Below");

    assertThat(registry.check(takeOver).changes()).isEqualTo(2);
    assertThat(registry.key(APP)).isEqualTo(before);
    registry.apply(takeOver);
    PreconditionFailedException late =
        catchThrowableOfType(PreconditionFailedException.class, () -> registry.apply(takeOver));

    assertThat(late.code()).isEqualTo("PreconditionFailed");
    Key after = registry.key(APP);
    assertThat(after.requireValue("owner").string()).isEqualTo("beta");
    assertThat(after.subkeys()).isEmpty();
    registry.apply(Changes.of().deleteValue(APP, "Owner").createVolatileKey(APP + "\\V\\W"));
    assertThatThrownBy(() -> registry.apply(Changes.of().deleteKey(APP)))
        .isInstanceOfSatisfying(
            ConflictException.class,
            conflict -> assertThat(conflict.code()).isEqualTo("BatchRefused"));
    registry.apply(Changes.of().deleteTree(APP));
    assertThat(registry.findKey(APP)).isEmpty();
  }

  @Test
  void whoMayNot_isDenied() {
    registry.apply(Changes.of().createKey(APP));
    registry.revoke(APP, "Everyone", "all");
    registry.revoke(APP, USER, "all");

    DeniedException denied = catchThrowableOfType(DeniedException.class, () -> registry.key(APP));

    assertThat(denied.code()).isEqualTo("AccessDenied");
    assertThat(denied).hasMessageContaining(APP);
    registry.grant(APP, USER, "read");
    assertThat(registry.security(APP).entries())
        .anySatisfy(entry -> assertThat(entry.principal()).isEqualTo(USER));
    assertThat(registry.key(APP).values()).isEmpty();
  }

  @Test
  void whatIsTooLarge_isRefusedAndNotMade() {
    assertThatThrownBy(
            () -> registry.apply(Changes.of().set(APP, Value.binary("B", new byte[4 << 20]))))
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused -> assertThat(refused.code()).isEqualTo("BodyTooLarge"));
    assertThat(registry.findKey(APP)).isEmpty();
  }

  @Test
  void twoThreadsAtOnce_loseNothing() throws Exception {
    registry.apply(Changes.of().set(APP, Value.dword("Count", 0)));
    var retries = new AtomicInteger();
    Callable<Void> countTo50 =
        () -> {
          for (int i = 0; i < 50; ) {
            Key key = registry.key(APP);
            long count = key.requireValue("Count").number();
            try {
              registry.apply(
                  Changes.of().ifUnchanged(key).set(APP, Value.dword("Count", count + 1)));
              i++;
            } catch (PreconditionFailedException overtaken) {
              retries.incrementAndGet();
            }
          }
          return null;
        };
    try (var threads = Executors.newFixedThreadPool(2)) {
      for (Future<Void> each : threads.invokeAll(List.of(countTo50, countTo50))) {
        each.get();
      }
    }

    assertThat(registry.key(APP).requireValue("Count").number())
        .as("with %s retries", retries)
        .isEqualTo(100);
  }

  // ---- watching ------------------------------------------------------------------------------

  @Test
  void aWatchTellsInOrder_whatItIsFor() throws Exception {
    registry.apply(Changes.of().createKey(APP));
    var here = new Heard();
    var below = new Heard();
    long last;
    try (Watch one =
            registry.watch(WatchSpec.of(APP).only(ChangeKind.VALUE, ChangeKind.NAME), here);
        Watch _ = registry.watch(WatchSpec.of(APP).withSubtree(), below)) {
      assertThat(one.position()).isEmpty();
      registry.apply(Changes.of().set(APP + "\\Below", Value.dword("A", 1)));
      last = registry.apply(Changes.of().set(APP, Value.dword("B", 2))).revision();

      assertThat(here.next(2)).containsExactly("NAME " + APP, "VALUE " + APP);
      assertThat(below.next(3))
          .containsExactly("NAME " + APP, "VALUE " + APP + "\\Below", "VALUE " + APP);
    }
    assertThat(here.end().reason()).isEqualTo(WatchEnd.Reason.CLOSED);
    assertThat(here.end().position()).contains(new WatchPosition(last, 1));
  }

  @Test
  void whenTheServiceEndsInTheMiddle_aWatchGoesOnFromThere_andHearsEverythingOnce()
      throws Exception {
    long begin = registry.apply(Changes.of().createKey(APP)).revision();
    WatchSpec spec = WatchSpec.of(APP).withSubtree().from(WatchPosition.after(begin));
    var first = new Heard();
    registry.watch(spec, first);
    registry.apply(Changes.of().set(APP, Value.dword("A", 1)).createKey(APP + "\\B"));
    List<String> told = new ArrayList<>(first.next(2));

    service.close();
    assertThat(first.end().reason()).isEqualTo(WatchEnd.Reason.SERVICE_ENDED);
    assertThatThrownBy(() -> registry.key(APP)).isInstanceOf(UnreachableException.class);
    service = new GivenService(home);
    registry.apply(Changes.of().set(APP, Value.dword("A", 2)));
    var second = new Heard();
    try (Watch resumed = registry.watch(spec.from(first.end().position().orElseThrow()), second)) {
      registry.apply(Changes.of().createKey(APP + "\\C"));
      told.addAll(second.next(2));
      assertThat(resumed.position()).isPresent();
    }

    assertThat(told)
        .containsExactlyInAnyOrder("VALUE " + APP, "NAME " + APP, "VALUE " + APP, "NAME " + APP);
    assertThat(second.left()).isZero();
  }

  @Test
  void amidACommit_itGoesOnAmidACommit() throws Exception {
    long begin = registry.apply(Changes.of().createKey(APP)).revision();
    WatchSpec spec = WatchSpec.of(APP).withSubtree().from(WatchPosition.after(begin));
    List<KeyChange> told = new ArrayList<>();
    var failing =
        new Heard() {
          @Override
          public void changed(KeyChange change) {
            if (told.size() == 2) {
              throw new IllegalStateException("enough");
            }
            told.add(change);
          }
        };
    registry.watch(spec, failing);
    registry.apply(
        Changes.of()
            .createKey(APP + "\\A")
            .set(APP + "\\A", Value.dword("V", 1))
            .set(APP, Value.dword("V", 1)));

    WatchEnd end = failing.end();
    assertThat(end.reason()).isEqualTo(WatchEnd.Reason.LISTENER_FAILED);
    assertThat(end.message()).contains("enough");
    assertThat(end.position()).contains(new WatchPosition(begin + 1, 2));
    var rest = new Heard();
    registry.watch(spec.from(end.position().orElseThrow()), rest);
    registry.apply(Changes.of().createKey(APP + "\\Last"));
    told.forEach(change -> assertThat(change.revision()).isEqualTo(begin + 1));
    assertThat(rest.next(2)).last().isEqualTo("NAME " + APP);
    assertThat(rest.left()).isZero();
  }

  @Test
  void closingTheRegistry_endsWhatItHasOpen() throws Exception {
    registry.apply(Changes.of().createKey(APP));
    var heard = new Heard();
    registry.watch(WatchSpec.of(APP), heard);
    HeldKey held = registry.hold(APP);

    registry.close();

    assertThat(heard.end().reason()).isEqualTo(WatchEnd.Reason.CLOSED);
    assertThat(held.state()).isEqualTo(HeldKey.State.CLOSED);
    assertThatThrownBy(() -> registry.key(APP)).isInstanceOf(IllegalStateException.class);
  }

  // ---- holding -------------------------------------------------------------------------------

  @Test
  void aHeldKey_isReadAndWrittenByItsHandle() {
    registry.apply(Changes.of().set(APP + "\\Below", Value.dword("V", 1)));
    try (HeldKey held = registry.hold(APP, "all")) {
      held.apply(
          Changes.of()
              .set("", Value.sz("By", "handle"))
              .ifValue("Below", Value.dword("V", 1))
              .set("Below", Value.dword("V", 2)));

      assertThat(held.key().requireValue("By").string()).isEqualTo("handle");
      assertThat(held.key("Below").requireValue("V").number()).isEqualTo(2);
      assertThat(held.handle().pid()).isEqualTo(ProcessHandle.current().pid());
      assertThat(registry.handles(APP)).extracting(Handle::id).contains(held.handle().id());
      assertThat(held.state()).isEqualTo(HeldKey.State.OPEN);
    }
    try (HeldKey held = registry.hold(APP, "KEY_QUERY_VALUE")) {
      assertThatThrownBy(() -> held.apply(Changes.of().set("", Value.dword("V", 1))))
          .isInstanceOfSatisfying(
              DeniedException.class,
              denied -> assertThat(denied.code()).isEqualTo("RightNotGranted"));
    }
  }

  @Test
  void whatBecomesOfAHeldKey_isHeard() throws Exception {
    registry.apply(Changes.of().createKey(APP));
    HeldKey deleted = registry.hold(APP);
    registry.apply(Changes.of().deleteKey(APP));
    assertThat(over(deleted)).isEqualTo(HeldKey.State.KEY_DELETED);
    assertThatThrownBy(deleted::key)
        .isInstanceOfSatisfying(
            ConflictException.class,
            conflict -> assertThat(conflict.code()).isEqualTo("KeyDeleted"));

    registry.apply(Changes.of().createKey(APP));
    HeldKey closed = registry.hold(APP);
    registry.closeHandle(closed.handle().id());
    assertThat(over(closed)).isEqualTo(HeldKey.State.CLOSED);
    assertThatThrownBy(closed::key).isInstanceOf(NotFoundException.class);

    HeldKey lost = registry.hold(APP);
    service.close();
    assertThat(over(lost)).isIn(HeldKey.State.LOST, HeldKey.State.CLOSED);
    service = new GivenService(home);
    assertThat(registry.handles()).isEmpty();
  }

  private static HeldKey.State over(HeldKey held) throws Exception {
    return held.over().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  // ---- files ---------------------------------------------------------------------------------

  @Test
  void filesGoOutAndComeBack() throws IOException {
    registry.apply(
        Changes.of().set(APP, Value.binary("Large", new byte[300_000])).createKey(APP + "\\B"));
    Path hive = home.resolve("app.hive");
    RegistryFiles.Exported exported;
    try (var out = Files.newOutputStream(hive)) {
      exported = registry.files().export(APP, RegistryFiles.Format.HIVE, out);
    }
    var text = new ByteArrayOutputStream();
    registry.files().export(APP, RegistryFiles.Format.REG, text);

    assertThat(exported.sizeBytes()).isEqualTo(Files.size(hive));
    assertThat(exported.revision()).isEqualTo(registry.key(APP).revision());
    registry.files().restore("HKLM\\Software\\Copy", hive);
    assertThat(registry.key("HKLM\\Software\\Copy").values()).isEqualTo(registry.key(APP).values());
    registry.files().load("HKLM\\Offline", hive);
    registry.apply(Changes.of().set("HKLM\\Offline", Value.dword("New", 1)));
    assertThatThrownBy(() -> registry.files().unload("HKLM\\Offline"))
        .isInstanceOf(ConflictException.class);
    registry.files().unload("HKLM\\Offline", RegistryFiles.Option.DISCARD);
    registry.apply(Changes.of().deleteTree(APP));
    Path reg = Files.write(home.resolve("app.reg"), text.toByteArray());
    assertThat(registry.files().importText(reg)).hasSize(1);
    assertThat(registry.key(APP).requireValue("Large").bytes()).hasSize(300_000);
    assertThatThrownBy(() -> registry.files().restore(APP, home.resolve("none")))
        .isInstanceOf(UncheckedIOException.class);
  }
}
