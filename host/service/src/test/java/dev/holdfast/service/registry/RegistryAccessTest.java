package dev.holdfast.service.registry;

import static dev.holdfast.service.registry.TestRegistry.ALICE;
import static dev.holdfast.service.registry.TestRegistry.OWNER;
import static dev.holdfast.service.registry.TestRegistry.ROOT;
import static dev.holdfast.service.registry.TestRegistry.createKey;
import static dev.holdfast.service.registry.TestRegistry.deleteTree;
import static dev.holdfast.service.registry.TestRegistry.set;
import static dev.holdfast.service.registry.TestRegistry.sz;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.security.Sid;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.RegistryApi.HiveUpload;
import dev.holdfast.service.api.RegistryApi.KeyName;
import dev.holdfast.service.api.RegistryBatch;
import dev.holdfast.service.api.RegistryBatch.Change;
import dev.holdfast.service.api.RegistryBatch.Condition;
import dev.holdfast.service.api.RegistryBatch.Deed;
import dev.holdfast.service.api.RegistryBatch.Precondition;
import dev.holdfast.service.api.RegistryBatch.Value;
import dev.holdfast.service.api.RegistryFormat;
import dev.holdfast.service.api.RegistryKeyView;
import dev.holdfast.service.api.RegistrySecurityView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what: the owner of the home, a user of the machine, and root, who is one, too. */
class RegistryAccessTest {
  private static final String APP = "HKLM\\Software\\App";
  private static final String SECRET = APP + "\\Secret";

  @TempDir Path directory;

  private TestRegistry hives;

  @BeforeEach
  void open() throws IOException {
    hives = new TestRegistry(directory);
    hives.change(OWNER, set(APP, sz("Name", "app")), set(SECRET, sz("Password", "x")));
  }

  @AfterEach
  void close() {
    hives.close();
  }

  private static void refused(ThrowingCallable asked, String... words) {
    assertThatThrownBy(asked)
        .isInstanceOf(ApiException.NotPermitted.class)
        .satisfies(
            e -> assertThat(List.of(words)).allMatch(String.valueOf(e.getMessage())::contains));
  }

  private List<RegistryKeyView> keys(Caller caller, String path) {
    return hives.registry.keys(caller, KeyName.of(path), true);
  }

  private RegistrySecurityView acl(String path) {
    return hives.registry.security(OWNER, path);
  }

  // ---- what keys begin with ------------------------------------------------------------------

  @Test
  void everybodyReads_andTheOwnerAloneWrites() {
    assertThat(keys(ALICE, APP)).extracting(RegistryKeyView::path).containsExactly(APP, SECRET);
    refused(
        () -> hives.change(ALICE, set(APP, sz("Name", "mine"))),
        "At " + APP + " access denied: S-1-22-1-1001 asked for KEY_SET_VALUE",
        "no entry grants KEY_SET_VALUE");
    refused(() -> hives.change(ALICE, createKey(APP + "\\New")), "KEY_CREATE_SUB_KEY");
    refused(() -> hives.change(ALICE, deleteTree(APP)), "DELETE");
    assertThat(hives.cluster.snapshot().revision().number()).isZero();
  }

  /** Q192493: an administrator is nobody special to a key that does not name him. */
  @Test
  void rootIsAUserLikeAnyOther() {
    refused(() -> hives.change(ROOT, set(APP, sz("Name", "root's"))), "S-1-22-1-0");
    revoke(OWNER, SECRET, "Everyone", "read");
    refused(() -> keys(ROOT, SECRET), "no entry grants KEY_READ");
  }

  @Test
  void theClusterDatabaseIsNotForEverybody() {
    assertThat(keys(OWNER, "HKLM\\Cluster")).hasSize(1);
    refused(() -> keys(ALICE, "HKLM\\Cluster"), "KEY_READ");
  }

  @Test
  void whoTriesEveryDoorDoesNotFillTheEventLog() {
    revoke(OWNER, APP, "Everyone", "read");
    for (int i = 0; i < 100; i++) {
      String path = APP + "\\" + i;
      refused(() -> keys(ALICE, path));
    }
    assertThat(hives.denials).hasSize(60);
  }

  @Test
  void whoMayMakeAKeyOwnsIt_andMayDoEverythingWithIt() {
    grant(OWNER, APP, "user:1001", "KEY_CREATE_SUB_KEY");
    hives.change(ALICE, set(APP + "\\Hers\\Deep", sz("V", "1")));
    assertThat(acl(APP + "\\Hers").owner()).isEqualTo("user:1001");
    assertThat(acl(APP + "\\Hers\\Deep").owner()).isEqualTo("user:1001");
    hives.change(ALICE, set(APP + "\\Hers", sz("V", "2")));
    hives.change(ALICE, deleteTree(APP + "\\Hers"));
    assertThat(acl(APP).own()).isTrue();
    assertThat(acl(SECRET).own()).isFalse();
  }

  @Test
  void aKeyThatItsMakerWouldOwnAnyway_getsNoDescriptor() {
    hives.change(OWNER, createKey(APP + "\\New"));
    assertThat(acl(APP + "\\New").own()).isFalse();
    assertThat(acl(APP + "\\New").owner()).isEqualTo(acl("HKLM\\Software").owner());
  }

  @Test
  void theClusterServiceHasAnEntryOfItsOwn_thatCanBeTakenAway() {
    assertThat(acl(APP).entries())
        .extracting(RegistrySecurityView.Entry::principal)
        .contains("cluster-service");
    List<String> notes = revoke(OWNER, APP, "cluster-service", "all");
    assertThat(notes).singleElement().asString().contains("inherits no more");
    assertThat(acl(APP).sddl()).contains("D:P").doesNotContain(Sid.CLUSTER_SERVICE.toString());
    assertThat(acl(SECRET).sddl()).doesNotContain(Sid.CLUSTER_SERVICE.toString());
    assertThat(acl("HKLM\\Software").sddl()).contains(Sid.CLUSTER_SERVICE.toString());
  }

  // ---- what is granted and revoked ------------------------------------------------------------

  private List<String> grant(Caller caller, String path, String principal, String rights) {
    return hives.registry.grant(caller, path, principal, rights, false).notes();
  }

  private List<String> revoke(Caller caller, String path, String principal, String rights) {
    return hives.registry.revoke(caller, path, principal, rights, false).notes();
  }

  @Test
  void whatIsGrantedCountsAtOnce_hereAndBelow_andWhatIsRevokedNoMore() {
    grant(OWNER, APP, "user:1001", "write");
    hives.change(ALICE, set(SECRET, sz("Password", "hers")));
    assertThat(grant(OWNER, APP, "user:1001", "DELETE")).isEmpty();
    assertThat(
            acl(APP).entries().stream()
                .filter(entry -> entry.principal().equals("user:1001"))
                .toList())
        .singleElement()
        .extracting(RegistrySecurityView.Entry::rights)
        .isEqualTo("KEY_SET_VALUE|KEY_CREATE_SUB_KEY|DELETE|READ_CONTROL");
    assertThat(revoke(OWNER, APP, "user:1001", "all")).isEmpty();
    refused(() -> hives.change(ALICE, set(SECRET, sz("Password", "hers"))));
  }

  @Test
  void rightsAreAlsoAGroups() {
    grant(OWNER, APP, "group:50", "write");
    assertThatCode(() -> hives.change(ALICE, set(APP, sz("A", "1")))).doesNotThrowAnyException();
  }

  @Test
  void aGrantReachesKeysBelowThatHaveADescriptor_butNoneThatInheritsNothing() {
    grant(OWNER, SECRET, "group:60", "read");
    String walled = APP + "\\Walled";
    hives.change(OWNER, createKey(walled));
    revoke(OWNER, walled, "Everyone", "read");
    grant(OWNER, APP, "user:1001", "write");
    assertThat(acl(SECRET).sddl()).contains("S-1-22-1-1001", "S-1-22-2-60");
    assertThat(acl(walled).sddl()).doesNotContain("S-1-22-1-1001");
  }

  @Test
  void onlyWhoMayWriteTheListGrants() {
    refused(() -> grant(ALICE, APP, "user:1001", "all"), "WRITE_DAC");
    grant(OWNER, APP, "user:1001", "WRITE_DAC");
    assertThatCode(() -> grant(ALICE, APP, "user:1001", "all")).doesNotThrowAnyException();
  }

  @Test
  void whatNobodyGrantedIsNotRevoked() {
    assertThatThrownBy(() -> revoke(OWNER, APP, "user:1001", "read"))
        .isInstanceOf(ApiException.NotFound.class)
        .hasMessageContaining("No entry of " + APP + " gives user:1001 any of KEY_READ");
  }

  @Test
  void rightsAndPrincipalsThatAreNoneAreNamed() {
    assertThatThrownBy(() -> grant(OWNER, APP, "user:1001", "lick"))
        .isInstanceOf(ApiException.Usage.class)
        .hasMessageContaining("\"lick\" is no right to a key");
    assertThatThrownBy(() -> grant(OWNER, APP, "no-such-user-here", "read"))
        .isInstanceOf(ApiException.NotFound.class)
        .hasMessageContaining("no-such-user-here");
    assertThatThrownBy(() -> grant(OWNER, APP, "S-1-x", "read"))
        .isInstanceOf(ApiException.Usage.class);
    assertThatThrownBy(() -> grant(OWNER, "HKLM\\Cluster\\Resources", "Everyone", "all"))
        .isInstanceOf(ApiException.NotPermitted.class)
        .hasMessageContaining("by the cluster service alone");
  }

  // ---- reading past a closed door --------------------------------------------------------------

  @Test
  void aKeyBelowThatMayNotBeRead_isThereAndNoMore() {
    revoke(OWNER, SECRET, "Everyone", "read");
    List<RegistryKeyView> keys = keys(ALICE, APP);
    assertThat(keys).extracting(RegistryKeyView::path).containsExactly(APP, SECRET);
    assertThat(keys.getLast().denied()).contains("asked for KEY_READ");
    assertThat(keys.getLast().values()).isEmpty();
    assertThat(hives.denials).isEmpty();
  }

  @Test
  void aTextHasAllOrIsNotMade_andAHiveFileIsForThoseWhoMayBackUp() {
    assertThat(text(ALICE)).contains("Password");
    revoke(OWNER, SECRET, "Everyone", "read");
    refused(() -> text(ALICE), SECRET);
    refused(() -> text(ROOT), SECRET);
    refused(() -> hives.registry.export(ALICE, APP, RegistryFormat.HIVE), "save a key", "root");
    byte[] saved = hives.registry.export(ROOT, APP, RegistryFormat.HIVE).bytes();
    refused(() -> restore(ALICE, saved), "restore a key");
    restore(ROOT, saved);
    assertThat(acl(APP + "2\\Secret").sddl()).contains("D:P");
  }

  @Test
  void aKeyWhoseDescriptorIsDamaged_letsNobodyIn_butIsSavedAndRestored() throws Exception {
    byte[] good = hives.registry.export(ROOT, APP, RegistryFormat.HIVE).bytes();
    byte[] damaged = new byte[DescriptorBytes.BYTES_MIN];
    hives.cluster.commit(
        Batch.builder()
            .createKey("App\\Broken\\Sub")
            .setSecurity("App\\Broken", DescriptorBytes.of(damaged))
            .build());
    String broken = "HKLM\\Cluster\\App\\Broken";
    refused(() -> keys(OWNER, broken), "is damaged");
    refused(() -> keys(OWNER, broken + "\\Sub"), "is damaged");
    assertThat(keys(OWNER, "HKLM\\Cluster\\App").getLast().denied()).contains("is damaged");
    assertThat(hives.registry.export(ROOT, broken, RegistryFormat.HIVE).bytes()).isNotEmpty();
    hives.registry.restore(ROOT, broken, new HiveUpload("good.hive", good, false), false, false);
    assertThat(keys(OWNER, broken)).hasSize(2);
  }

  private String text(Caller caller) {
    return new String(
        hives.registry.export(caller, APP, RegistryFormat.REG).bytes(), StandardCharsets.UTF_16LE);
  }

  private void restore(Caller caller, byte[] saved) {
    hives.registry.restore(
        caller, APP + "2", new HiveUpload("app.hive", saved, false), false, false);
  }

  @Test
  void aPreconditionTellsNothingOfWhatMayNotBeRead() {
    revoke(OWNER, SECRET, "Everyone", "read");
    grant(OWNER, SECRET, "user:1001", "KEY_SET_VALUE");
    var guess =
        new RegistryBatch(
            List.of(
                new Precondition(
                    Condition.VALUE_EQUALS,
                    SECRET,
                    new Value("Password", null, List.of("x"), null),
                    null)),
            List.of(set(SECRET, sz("Guess", "1"))),
            null);
    refused(() -> hives.registry.change(ALICE, guess, true), "KEY_QUERY_VALUE");
  }

  @Test
  void aTextIsDoneWithTheRightsOfWhoBringsIt() {
    byte[] text =
        "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\App]\r\n\"Name\"=\"b\"\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    refused(() -> hives.registry.importText(ALICE, "a.reg", text, false), "KEY_SET_VALUE");
    grant(OWNER, APP, "user:1001", "KEY_SET_VALUE");
    hives.registry.importText(ALICE, "a.reg", text, false);
  }

  @Test
  void watchingTakesTheRightToBeNotified() {
    hives.registry.follow(ALICE, APP, true, List.of(), null).close();
    revoke(OWNER, APP, "Everyone", "read");
    refused(() -> hives.registry.follow(ALICE, APP, true, List.of(), null), "KEY_NOTIFY");
  }

  // ---- batches that would open a door for themselves -------------------------------------------

  @Test
  void deletingAKeyAndMakingItAnew_takesTheRightToMakeIt() {
    grant(OWNER, SECRET, "user:1001", "DELETE,KEY_SET_VALUE");
    refused(
        () -> hives.change(ALICE, deleteTree(SECRET), set(SECRET, sz("Password", "hers"))),
        "KEY_CREATE_SUB_KEY");
  }

  @Test
  void aTreeIsDeletedOnlyIfEveryKeyOfItMayBe() {
    grant(OWNER, APP, "user:1001", "DELETE");
    revoke(OWNER, SECRET, "user:1001", "DELETE");
    refused(() -> hives.change(ALICE, deleteTree(APP)), SECRET);
    refused(() -> hives.change(ALICE, new Change(Deed.DELETE_KEY, SECRET, null)), "DELETE");
  }

  // ---- what is told ----------------------------------------------------------------------------

  @Test
  void aDenialIsToldOnce_withBothPaths() {
    String service = "HKLM\\System\\CurrentControlSet\\Services\\X";
    hives.change(OWNER, createKey(service));
    for (int i = 0; i < 3; i++) {
      refused(() -> hives.change(ALICE, set(service, sz("Start", "4"))));
    }
    assertThat(hives.denials)
        .singleElement()
        .asString()
        .startsWith("alice " + service + " (HKLM\\System\\ControlSet001\\Services\\X): ");
    refused(() -> hives.change(ROOT, set(service, sz("Start", "4"))));
    assertThat(hives.denials).hasSize(2);
  }
}
