package dev.holdfast.registry.regf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.RandomBatches;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of the registry in hive files, there and back. */
class RegistryKeyFileTest {
  private static final RegistryKeyView VIEW = new RegistryKeyView("Root");

  @Test
  void aSubtreeIsWrittenUnderItsOwnName_withAllThatAFileHolds() throws Exception {
    var descriptor = DescriptorBytes.of(new byte[24]);
    KeyOptions options = KeyOptions.PLAIN.withClassName("cls").withSecurity(descriptor).asLink();
    Snapshot snapshot =
        Snapshot.EMPTY
            .applied(
                Batch.builder()
                    .createKey("a\\Exchange\\sub", options)
                    .set("a\\Exchange", RegistryValue.sz("", "on"))
                    .createKey("a\\Exchange\\gone", KeyOptions.VOLATILE)
                    .build(),
                new Filetime(77))
            .snapshot();

    SavedKey saved = savedKey(write(snapshot.key("a\\Exchange").orElseThrow()));

    assertThat(saved.name()).isEqualTo("Exchange");
    assertThat(saved.values()).containsExactly(RegistryValue.sz("", "on"));
    assertThat(saved.subkeys())
        .extracting(SavedKey::info)
        .containsExactly(new KeyInfo("sub", "cls", 77, true, descriptor));
    assertThat(savedKey(write(snapshot.root())).name()).as("it has none").isEqualTo("Root");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aFileOfAnyTree_isReadIntoKeysWithAllOfIt(long seed) throws Exception {
    SavedKey tree = RandomTrees.wild(seed, 1_000);

    RegistryKey key = registryKey(HiveFiles.write(tree, HiveFormat.LATEST));

    assertSame(key, tree);
    byte[] first = write(key);
    assertThat(savedKey(first)).as("seed %d", seed).isEqualTo(inOrderOfNames(tree));
    assertThat(write(registryKey(first))).as("seed %d", seed).isEqualTo(first);
  }

  /** Ours, a file, ours, a file: the first time a key without a descriptor gets one. */
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void aTreeOfOurs_isTheSameWhenItIsSavedTheSecondTime(long seed) throws Exception {
    Snapshot snapshot = RandomBatches.historyWithVolatile(seed, 400).snapshots().getLast();
    byte[] first = write(snapshot.root());
    RegistryKey back = registryKey(first);

    assertThat(write(back)).as("seed %d", seed).isEqualTo(first);
    assertSame(back, savedKey(first));
  }

  @Test
  void keysWithEqualOptions_shareThem() throws Exception {
    SavedKey tree = RandomTrees.tame(21, 300);
    RegistryKey key = registryKey(HiveFiles.write(tree, HiveFormat.STANDARD));

    for (RegistryKey subkey : key.subkeys()) {
      if (subkey.options().equals(key.options())) {
        assertThat(subkey.options()).isSameAs(key.options());
      }
    }
  }

  @Test
  void aNameThatNoPathLeadsTo_isRefused() {
    var builder = new RegistryKeyBuilder();
    builder.enter(KeyInfo.named("Root", 0));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.enter(KeyInfo.named("a\\b", 0)))
        .withMessage("a key's name has no backslash, found: a\\b");
    assertThatIllegalStateException().isThrownBy(builder::root);
  }

  private static byte[] write(RegistryKey key) {
    return HiveWriter.write(VIEW, key, HiveFormat.LATEST, 1).bytes();
  }

  private static RegistryKey registryKey(byte[] file) throws HiveFormatException {
    var builder = new RegistryKeyBuilder();
    HiveReader.read("test", file, Strictness.STRICT, builder);
    return builder.root();
  }

  private static SavedKey savedKey(byte[] file) throws HiveFormatException {
    return HiveFiles.read(file, Strictness.STRICT);
  }

  private static void assertSame(RegistryKey key, SavedKey saved) {
    assertThat(VIEW.info(key)).isEqualTo(saved.info());
    List<RegistryValue> values = new ArrayList<>();
    key.values().forEach(values::add);
    assertThat(values).containsExactlyInAnyOrderElementsOf(saved.values());
    assertThat(key.subkeyCount()).isEqualTo(saved.subkeys().size());
    for (SavedKey subkey : saved.subkeys()) {
      assertSame(key.subkey(subkey.name()).orElseThrow(), subkey);
    }
  }

  private static SavedKey inOrderOfNames(SavedKey key) {
    var values = new ArrayList<>(key.values());
    values.sort(Comparator.comparing(RegistryValue::name, NameOrder.IGNORING_CASE));
    return SavedKey.of(
        key.info(),
        values,
        key.subkeys().stream().map(RegistryKeyFileTest::inOrderOfNames).toList());
  }
}
