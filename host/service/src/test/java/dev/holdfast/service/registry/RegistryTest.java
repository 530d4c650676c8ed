package dev.holdfast.service.registry;

import static dev.holdfast.service.registry.TestRegistry.OWNER;
import static dev.holdfast.service.registry.TestRegistry.createKey;
import static dev.holdfast.service.registry.TestRegistry.dword;
import static dev.holdfast.service.registry.TestRegistry.set;
import static dev.holdfast.service.registry.TestRegistry.sz;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.Hive;
import dev.holdfast.registry.hive.HiveSettings;
import dev.holdfast.registry.regf.HiveReader;
import dev.holdfast.registry.regf.SavedKey;
import dev.holdfast.registry.regf.Strictness;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Feed;
import dev.holdfast.service.api.RegistryApi.KeyName;
import dev.holdfast.service.api.RegistryBatch;
import dev.holdfast.service.api.RegistryBatch.Change;
import dev.holdfast.service.api.RegistryBatch.Condition;
import dev.holdfast.service.api.RegistryBatch.Deed;
import dev.holdfast.service.api.RegistryBatch.Precondition;
import dev.holdfast.service.api.RegistryBatch.Value;
import dev.holdfast.service.api.RegistryChangeView;
import dev.holdfast.service.api.RegistryCommitView;
import dev.holdfast.service.api.RegistryFormat;
import dev.holdfast.service.api.RegistryKeyView;
import dev.holdfast.service.api.RegistryValueView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real hives in a directory, and the tree over them. */
class RegistryTest {
  private static final Instant NOW = Instant.parse("2026-11-29T22:00:00Z");

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;

  private TestRegistry hives;
  private Registry registry;

  @BeforeEach
  void open() throws IOException {
    hives = new TestRegistry(directory);
    registry = hives.registry;
  }

  @AfterEach
  void close() {
    hives.close();
  }

  // ---- what there is -------------------------------------------------------------------------

  @Test
  void theRootShowsItsHives() {
    RegistryKeyView root = only(registry.keys(OWNER, KeyName.of("hklm"), false));
    assertThat(root.path()).isEqualTo("HKLM");
    assertThat(root.subkeys()).containsExactly("Cluster", "Software", "System");
  }

  @Test
  void aFreshSystemHiveHasAControlSetAndSelectsIt() {
    assertThat(only(registry.keys(OWNER, KeyName.of("HKLM\\System"), false)).subkeys())
        .containsExactly("ControlSet001", "Select");
    assertThat(value("HKLM\\System\\Select", "Current").data()).isEqualTo(1L);
  }

  @Test
  void aSystemHiveIsFurnishedOnce() throws Exception {
    change(set("HKLM\\System\\Select", dword("Current", "2")));
    close();
    open();
    assertThat(value("HKLM\\System\\Select", "Current").data()).isEqualTo(2L);
  }

  @Test
  void changesOutliveTheProcess() throws Exception {
    change(set("HKLM\\Software\\Contoso", sz("Path", "/srv")));
    close();
    open();
    assertThat(value("HKLM\\Software\\Contoso", "path").data()).isEqualTo("/srv");
  }

  @Test
  void recursive_tellsEachKeyBeforeItsSubkeys() {
    change(createKey("HKLM\\Software\\A\\B"), createKey("HKLM\\Software\\C"));
    assertThat(registry.keys(OWNER, KeyName.of("HKLM\\Software"), true))
        .extracting(RegistryKeyView::path)
        .containsExactly(
            "HKLM\\Software", "HKLM\\Software\\A", "HKLM\\Software\\A\\B", "HKLM\\Software\\C");
  }

  // ---- CurrentControlSet ---------------------------------------------------------------------

  @Test
  void currentControlSetLeadsToTheSelectedOne_andBothPathsAreShown() {
    change(createKey("HKLM\\System\\ControlSet002"));
    change(set("HKLM\\SYSTEM\\CurrentControlSet\\Services\\X", dword("Start", "3")));
    RegistryKeyView key =
        only(
            registry.keys(
                OWNER, KeyName.of("HKLM\\System\\currentcontrolset\\services\\x"), false));
    assertThat(key.path()).isEqualTo("HKLM\\System\\currentcontrolset\\services\\x");
    assertThat(key.resolvedPath()).isEqualTo("HKLM\\System\\ControlSet001\\services\\x");
    change(set("HKLM\\System\\Select", dword("Current", "2")));
    assertThatThrownBy(
            () ->
                registry.keys(
                    OWNER, KeyName.of("HKLM\\System\\CurrentControlSet\\Services\\X"), false))
        .isInstanceOf(ApiException.NotFound.class)
        .hasMessage(
            "There is no key HKLM\\System\\CurrentControlSet\\Services\\X, which is"
                + " HKLM\\System\\ControlSet002\\Services\\X now.");
  }

  // ---- values --------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "REG_SZ, text, text, 74006500780074000000",
    "REG_EXPAND_SZ, %P%, %P%, 2500500025000000",
    "REG_DWORD, 10, 10, 0a000000",
    "REG_DWORD, 0xFFFFFFFF, 4294967295, ffffffff",
    "REG_QWORD, 18446744073709551615, 18446744073709551615, ffffffffffffffff",
    "REG_BINARY, 00ff, 00ff, 00ff",
    "REG_NONE, 01, 01, 01",
    "0x20000, 0102, 0102, 0102",
    "7, a, [a], 610000000000"
  })
  void eachTypeIsWrittenAndReadAsPeopleDo(String type, String typed, String shown, String bytes) {
    change(set("HKLM\\Software\\T", new Value("V", type, List.of(typed), null)));
    RegistryValueView value = value("HKLM\\Software\\T", "V");
    assertThat(value.data()).hasToString(shown);
    assertThat(value.bytes()).isEqualTo(bytes);
  }

  @Test
  void bytesOfAnyKindComeBackAsTheyWere() {
    // A REG_SZ without its NUL, and a REG_DWORD of three bytes: both happen.
    change(set("HKLM\\Software\\T", new Value("S", "REG_SZ", null, "6100")));
    change(set("HKLM\\Software\\T", new Value("D", "REG_DWORD", null, "010203")));
    assertThat(value("HKLM\\Software\\T", "S").data()).isEqualTo("6100");
    assertThat(value("HKLM\\Software\\T", "D").data()).isEqualTo("010203");
  }

  @ParameterizedTest
  @CsvSource({"REG_DWORD, 4294967296", "REG_DWORD, ten", "REG_BINARY, xyz", "REG_FOO, a"})
  void whatIsNoSuchValueIsRefused(String type, String typed) {
    assertThatThrownBy(
            () -> change(set("HKLM\\Software\\T", new Value("V", type, List.of(typed), null))))
        .isInstanceOf(ApiException.Usage.class)
        .hasMessageStartingWith("The value \"V\" cannot be set so: ");
    assertThat(only(registry.keys(OWNER, KeyName.of("HKLM\\Software"), false)).subkeys()).isEmpty();
  }

  // ---- batches -------------------------------------------------------------------------------

  @Test
  void aBatchIsMadeOnlyIfItsPreconditionsHold() {
    change(set("HKLM\\Software\\App", sz("Owner", "a")));
    var takeOver =
        new RegistryBatch(
            List.of(
                new Precondition(
                    Condition.VALUE_EQUALS, "HKLM\\Software\\App", sz("Owner", "a"), null)),
            List.of(set("HKLM\\Software\\App", sz("Owner", "b"))),
            null);
    assertThat(registry.change(OWNER, takeOver, false).changes()).isEqualTo(1);
    assertThatThrownBy(() -> registry.change(OWNER, takeOver, false))
        .isInstanceOf(ApiException.Conflict.class)
        .hasMessageStartingWith("HKLM\\Software was not changed: ");
    assertThat(value("HKLM\\Software\\App", "Owner").data()).isEqualTo("b");
  }

  @Test
  void aDryRunChecksAndChangesNothing() {
    RegistryCommitView would =
        registry.change(
            OWNER,
            new RegistryBatch(List.of(), List.of(createKey("HKLM\\Software\\X")), null),
            true);
    RegistryCommitView is = change(createKey("HKLM\\Software\\X"));
    assertThat(would).isEqualTo(is);
    assertThatThrownBy(
            () ->
                registry.change(
                    OWNER,
                    new RegistryBatch(
                        List.of(
                            new Precondition(
                                Condition.KEY_ABSENT, "HKLM\\Software\\X", null, null)),
                        List.of(createKey("HKLM\\Software\\X")),
                        null),
                    true))
        .isInstanceOf(ApiException.Conflict.class);
  }

  @Test
  void aBatchIsOfOneHive() {
    assertThatThrownBy(() -> change(createKey("HKLM\\Software\\X"), createKey("HKLM\\System\\X")))
        .isInstanceOf(ApiException.Usage.class)
        .hasMessage("A batch is of one hive; this one is of HKLM\\Software and HKLM\\System.");
  }

  @ParameterizedTest
  @CsvSource({
    "HKCU\\Software",
    "Software",
    "HKLM\\Software\\\\X",
    "HKLM",
  })
  void whatIsNoPathOfAKeyIsRefused(String path) {
    assertThatThrownBy(() -> change(createKey(path))).isInstanceOf(ApiException.Usage.class);
  }

  @ParameterizedTest
  @CsvSource({"HKLM\\Cluster\\Resources\\X", "HKLM\\cluster\\RESOURCES", "HKLM\\Cluster"})
  void whatTheServiceKeepsNobodyElseWrites(String path) {
    assertThatThrownBy(() -> change(new Change(Deed.DELETE_TREE, path, null)))
        .isInstanceOf(ApiException.NotPermitted.class)
        .hasMessageStartingWith(path.replace("cluster", "Cluster"))
        .hasMessageContaining("is written by the cluster service alone");
  }

  @Test
  void applicationsKeepTheirOwnInTheClusterDatabase() {
    change(set("HKLM\\Cluster\\Contoso", sz("Leader", "alpha")));
    assertThat(hives.cluster.snapshot().value("Contoso", "Leader"))
        .hasValue(RegistryValue.sz("Leader", "alpha"));
  }

  // ---- files ---------------------------------------------------------------------------------

  @Test
  void aHiveFileHasTheKeyAsItsRoot() throws Exception {
    change(set("HKLM\\Software\\Contoso\\Sub", sz("", "default")));
    byte[] file = registry.export(OWNER, "HKLM\\Software\\Contoso", RegistryFormat.HIVE).bytes();
    var tree = new SavedKey.Builder();
    HiveReader.read("contoso.hive", file, Strictness.STRICT, tree);
    assertThat(tree.root().name()).isEqualTo("Contoso");
    assertThat(tree.root().subkey("sub").orElseThrow().value(""))
        .hasValue(RegistryValue.sz("", "default"));
  }

  @Test
  void anExportedTextIsImportedToTheSame() {
    change(
        set("HKLM\\Software\\Contoso\\Sub", sz("Name", "caf\u00e9")),
        set("HKLM\\Software\\Contoso", dword("Port", "80")));
    byte[] text = registry.export(OWNER, "HKLM\\Software\\Contoso", RegistryFormat.REG).bytes();
    assertThat(new String(text, UTF_16LE))
        .startsWith("\ufeffWindows Registry Editor Version 5.00\r\n")
        .contains("[HKEY_LOCAL_MACHINE\\Software\\Contoso\\Sub]");
    List<RegistryKeyView> before =
        registry.keys(OWNER, KeyName.of("HKLM\\Software\\Contoso"), true);
    change(new Change(Deed.DELETE_TREE, "HKLM\\Software\\Contoso", null));
    registry.importText(OWNER, "contoso.reg", text, false);
    assertThat(registry.keys(OWNER, KeyName.of("HKLM\\Software\\Contoso"), true))
        .usingRecursiveComparison()
        .ignoringFields("revision")
        .isEqualTo(before);
  }

  @Test
  void whatATextDoesNotCarryIsTold() {
    change(set("HKLM\\Software\\Contoso", sz("Name", "\u03b1")));
    assertThat(registry.export(OWNER, "HKLM\\Software\\Contoso", RegistryFormat.REG).losses())
        .isEmpty();
    assertThat(registry.export(OWNER, "HKLM\\Software\\Contoso", RegistryFormat.REGEDIT4).losses())
        .singleElement()
        .asString()
        .contains("not in the code page");
  }

  @Test
  void aTextOfSeveralHivesIsDoneHiveByHive() {
    byte[] text =
        """
        REGEDIT4

        [HKEY_LOCAL_MACHINE\\Software\\A]
        "V"=dword:1

        [HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Services\\A]
        "Start"=dword:2
        """
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    assertThat(registry.importText(OWNER, "a.reg", text, false))
        .extracting(RegistryCommitView::hive)
        .containsExactly("HKLM\\Software", "HKLM\\System");
    assertThat(value("HKLM\\System\\ControlSet001\\Services\\A", "Start").data()).isEqualTo(2L);
  }

  @Test
  void aTextOfAnotherRootChangesNothing() {
    byte[] text =
        """
        REGEDIT4

        [HKEY_LOCAL_MACHINE\\Software\\A]

        [HKEY_CURRENT_USER\\Software\\A]
        """
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> registry.importText(OWNER, "a.reg", text, false))
        .isInstanceOf(ApiException.Invalid.class)
        .hasMessage(
            "a.reg, line 5: HKEY_CURRENT_USER is not kept here; only HKEY_LOCAL_MACHINE is. Nothing"
                + " was changed.");
    assertThat(only(registry.keys(OWNER, KeyName.of("HKLM\\Software"), false)).subkeys()).isEmpty();
  }

  @Test
  void aRestoreReplacesAllThatTheKeyHad() {
    change(set("HKLM\\Software\\Contoso\\Sub", sz("Kept", "yes")));
    byte[] file = registry.export(OWNER, "HKLM\\Software\\Contoso", RegistryFormat.HIVE).bytes();
    change(
        set("HKLM\\Software\\Contoso", sz("Later", "no")),
        createKey("HKLM\\Software\\Contoso\\Later"));
    restore("HKLM\\Software\\Contoso", "contoso.hive", file, false);
    RegistryKeyView key = only(registry.keys(OWNER, KeyName.of("HKLM\\Software\\Contoso"), false));
    assertThat(key.values()).isEmpty();
    assertThat(key.subkeys()).containsExactly("Sub");
    assertThat(value("HKLM\\Software\\Contoso\\Sub", "Kept").data()).isEqualTo("yes");
  }

  @Test
  void aRestoreMakesAKeyThatIsNotThere_andADryRunOfItDoesNot() {
    byte[] file = registry.export(OWNER, "HKLM\\System\\Select", RegistryFormat.HIVE).bytes();
    restore("HKLM\\Software\\New", "select.hive", file, true);
    assertThat(only(registry.keys(OWNER, KeyName.of("HKLM\\Software"), false)).subkeys()).isEmpty();
    restore("HKLM\\Software\\New", "select.hive", file, false);
    assertThat(value("HKLM\\Software\\New", "Current").data()).isEqualTo(1L);
  }

  @Test
  void whatIsRestoredOutlivesTheProcess() throws Exception {
    byte[] file = registry.export(OWNER, "HKLM\\System\\Select", RegistryFormat.HIVE).bytes();
    restore("HKLM\\Software\\New", "select.hive", file, false);
    byte[] saved = registry.export(OWNER, "HKLM\\Software", RegistryFormat.HIVE).bytes();
    close();
    open();
    assertThat(registry.export(OWNER, "HKLM\\Software", RegistryFormat.HIVE).bytes())
        .isEqualTo(saved);
  }

  @Test
  void whatIsNoHiveFileIsRefusedAndChangesNothing() {
    change(set("HKLM\\Software\\Contoso", sz("Kept", "yes")));
    assertThatThrownBy(() -> restore("HKLM\\Software\\Contoso", "x.hive", new byte[4096], false))
        .isInstanceOf(ApiException.Invalid.class)
        .hasMessageStartingWith("HKLM\\Software\\Contoso was not restored: ")
        .hasMessageContaining("x.hive");
    assertThat(value("HKLM\\Software\\Contoso", "Kept").data()).isEqualTo("yes");
  }

  @Test
  void nobodyRestoresWhatTheServiceKeeps() {
    byte[] file = registry.export(OWNER, "HKLM\\System\\Select", RegistryFormat.HIVE).bytes();
    assertThatThrownBy(() -> restore("HKLM\\Cluster\\Resources", "x.hive", file, false))
        .isInstanceOf(ApiException.NotPermitted.class);
  }

  // ---- watching ------------------------------------------------------------------------------

  @Test
  void changesAreToldInOrder_fromARevisionOn_andOnlyThoseThatAreAskedFor() throws Exception {
    change(createKey("HKLM\\Software\\A"));
    var texts = new ArrayList<String>();
    try (Feed<RegistryChangeView> told =
        registry.follow(OWNER, "HKLM\\Software\\A", true, List.of(), 0L)) {
      change(createKey("HKLM\\Software\\Other"));
      change(set("HKLM\\Software\\A\\B", sz("V", "1")));
      change(new Change(Deed.DELETE_TREE, "HKLM\\Software\\A", null));
      while (!texts.contains("4 deleted HKLM\\Software\\A")) {
        RegistryChangeView next = told.next(LONG).orElseThrow();
        texts.add(next.revision() + " " + next.what() + " " + next.path());
      }
    }
    assertThat(texts)
        .containsSubsequence(
            "3 name HKLM\\Software\\A",
            "3 value HKLM\\Software\\A\\B",
            "4 deleted HKLM\\Software\\A");
    assertThat(texts).noneMatch(text -> text.contains("Other"));
  }

  @Test
  void onlyKindsThatAreAskedForAreTold_andThatTheKeyIsGone() throws Exception {
    change(createKey("HKLM\\Software\\A"));
    try (Feed<RegistryChangeView> told =
        registry.follow(OWNER, "HKLM\\Software\\A", true, List.of("value", "security"), null)) {
      change(createKey("HKLM\\Software\\A\\B"));
      change(set("HKLM\\Software\\A", sz("V", "1")));
      registry.grant(OWNER, "HKLM\\Software\\A", "Everyone", "all", false);
      change(new Change(Deed.DELETE_TREE, "HKLM\\Software\\A", null));
      var kinds = new ArrayList<String>();
      while (kinds.size() < 3) {
        kinds.add(told.next(LONG).orElseThrow().what());
      }
      assertThat(kinds).containsExactly("value", "security", "deleted");
    }
    assertThatThrownBy(() -> registry.follow(OWNER, "HKLM\\Software", true, List.of("smell"), null))
        .isInstanceOf(ApiException.Usage.class)
        .hasMessageContaining("\"smell\" is no kind of change");
  }

  @Test
  void aVolatileKeyIsThereUntilTheServiceEnds() throws Exception {
    change(new Change(Deed.CREATE_VOLATILE_KEY, "HKLM\\Software\\V\\W", null));
    assertThat(registry.keys(OWNER, KeyName.of("HKLM\\Software\\V"), true)).hasSize(2);
    close();
    open();
    assertThatThrownBy(() -> registry.keys(OWNER, KeyName.of("HKLM\\Software\\V"), true))
        .isInstanceOf(ApiException.NotFound.class);
  }

  // ---- a hive that is made, and a death before it is furnished --------------------------------

  @Test
  void aSystemHiveThatWasNotFurnishedIs() throws Exception {
    Path fresh = Files.createDirectory(directory.resolve("fresh"));
    Hive.create(new DirectoryStorage(fresh), "system.hive", HiveSettings.named("system", () -> NOW))
        .close();
    try (LocalHives hives = LocalHives.open(fresh, () -> NOW, UnaryOperator.identity())) {
      assertThat(hives.mounted().getLast().snapshot().key("Select")).isPresent();
    }
  }

  @Test
  void aDamagedHiveIsLeftAsItIs_andTheOtherIsLetGoOf() throws Exception {
    Path fresh = Files.createDirectory(directory.resolve("damaged"));
    LocalHives.open(fresh, () -> NOW, UnaryOperator.identity()).close();
    Files.writeString(fresh.resolve("system.hive"), "no hive");
    assertThatThrownBy(() -> LocalHives.open(fresh, () -> NOW, UnaryOperator.identity()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("system.hive");
    assertThat(Files.readString(fresh.resolve("system.hive"))).isEqualTo("no hive");
    Hive again =
        Hive.open(new DirectoryStorage(fresh), "software.hive", HiveSettings.named("s", () -> NOW));
    commitInto(again);
    again.close();
  }

  private static void commitInto(Hive hive) throws CommitException {
    hive.commit(Batch.builder().createKey("X").build());
    assertThat(hive.snapshot().key("X")).isPresent();
  }

  // ---- short words ---------------------------------------------------------------------------

  private RegistryCommitView change(Change... changes) {
    return hives.change(OWNER, changes);
  }

  private RegistryCommitView restore(String path, String name, byte[] file, boolean dryRun) {
    return hives.restore(path, name, file, dryRun);
  }

  private RegistryValueView value(String path, String name) {
    return only(registry.keys(OWNER, KeyName.of(path), false)).values().stream()
        .filter(value -> value.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow();
  }

  private static RegistryKeyView only(List<RegistryKeyView> keys) {
    assertThat(keys).hasSize(1);
    return keys.getFirst();
  }
}
