package dev.holdfast.registry.regtext;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.ValueType;
import dev.holdfast.registry.regf.HiveFormat;
import dev.holdfast.registry.regf.HiveReader;
import dev.holdfast.registry.regf.HiveWriter;
import dev.holdfast.registry.regf.KeyInfo;
import dev.holdfast.registry.regf.OutsideTools;
import dev.holdfast.registry.regf.RandomTrees;
import dev.holdfast.registry.regf.SavedKey;
import dev.holdfast.registry.regf.Strictness;
import dev.holdfast.registry.regtext.RegOperation.CreateKey;
import dev.holdfast.registry.regtext.RegOperation.DeleteKey;
import dev.holdfast.registry.regtext.RegOperation.DeleteValue;
import dev.holdfast.registry.regtext.RegOperation.SetValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read back, but for what was said to be lost; and others read it so, too. */
class RegTextRoundTripTest {
  private static final String ROOT = "HKEY_LOCAL_MACHINE\\Root";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void wildTree_comesBackButForWhatDoesNotFitALine(long seed) throws Exception {
    SavedKey root = RandomTrees.wild(seed, 800);

    RegText text = RegTextParser.parse("t", written(root, RegTextVersion.VERSION_5));

    assertThat(text.skipped()).as("seed %d", seed).isEmpty();
    assertThat(values(text)).as("seed %d", seed).isEqualTo(expected(root));
  }

  @ParameterizedTest
  @EnumSource(RegTextVersion.class)
  void latinTree_comesBackFromBothVersions(RegTextVersion version) throws Exception {
    SavedKey root =
        SavedKey.of(
            KeyInfo.named("Root", 0),
            List.of(
                RegistryValue.sz("ü", "é\\\"€"),
                RegistryValue.expandSz("e", "%€%"),
                RegistryValue.multiSz("m", "ä", "b"),
                RegistryValue.of("n", ValueType.REG_SZ, new byte[] {1, 2, 3}),
                RegistryValue.binary("b", new byte[300])),
            List.of(SavedKey.of(KeyInfo.named("ÿ", 0), List.of(), List.of())));

    RegText text = RegTextParser.parse("t", written(root, version));

    assertThat(text.skipped()).isEmpty();
    assertThat(values(text)).isEqualTo(expected(root));
  }

  @Test
  void whatHivexExports_isReadAsTheTree() throws Exception {
    String hivexregedit = OutsideTools.program("hivexregedit");
    for (long seed = 1; seed <= 4; seed++) {
      SavedKey root = RandomTrees.tame(seed, 500);
      Path hive = hive(root);

      OutsideTools.Run run =
          OutsideTools.run(hivexregedit, "--export", "--prefix", ROOT, hive.toString(), "\\");
      assertThat(run.code()).as(run.err()).isZero();
      RegText text = RegTextParser.parse("t", Utf16.encode("\uFEFF" + run.out()));

      assertThat(text.skipped()).as("seed %d", seed).isEmpty();
      assertThat(values(text)).as("seed %d", seed).isEqualTo(expected(root));
    }
  }

  @Test
  void whatWeWrite_isMergedByHivexToTheSameTree() throws Exception {
    String hivexregedit = OutsideTools.program("hivexregedit");
    for (long seed = 1; seed <= 3; seed++) {
      SavedKey root = withoutLargeValues(RandomTrees.tame(seed, 300));
      Path empty = hive(SavedKey.of(root.info(), List.of(), List.of()));
      byte[] text = written(root, RegTextVersion.VERSION_5);
      // It wants UTF-8 without a mark, and line feeds.
      String plain = Utf16.decode(text, 2, text.length).replace("\r\n", "\n");
      Path file = Files.writeString(folder.resolve("t.reg"), plain);

      OutsideTools.Run run =
          OutsideTools.run(
              hivexregedit, "--merge", "--prefix", ROOT, empty.toString(), file.toString());
      assertThat(run.code()).as(run.err()).isZero();

      var merged = new SavedKey.Builder();
      HiveReader.read("merged", Files.readAllBytes(empty), Strictness.SALVAGE, merged);
      // It adds no NUL, as it is no import by Windows.
      assertThat(tree(merged.root())).as("seed %d", seed).isEqualTo(tree(root));
    }
  }

  private static byte[] written(SavedKey root, RegTextVersion version) throws IOException {
    var out = new ByteArrayOutputStream();
    RegTextWriter.write(SavedKey.VIEW, root, ROOT, version, out);
    return out.toByteArray();
  }

  private Path hive(SavedKey root) throws IOException {
    byte[] bytes = HiveWriter.write(SavedKey.VIEW, root, HiveFormat.STANDARD, 1).bytes();
    return Files.write(folder.resolve("t.hiv"), bytes);
  }

  /** Its writer is known to spoil them. */
  private static SavedKey withoutLargeValues(SavedKey key) {
    return SavedKey.of(
        key.info(),
        key.values().stream().filter(value -> value.sizeBytes() < 16_000).toList(),
        key.subkeys().stream().map(RegTextRoundTripTest::withoutLargeValues).toList());
  }

  /** Every key by its path, with its values by their names. */
  private static Map<String, Map<String, RegistryValue>> values(RegText text) {
    var keys = new TreeMap<String, Map<String, RegistryValue>>();
    for (RegOperation operation : text.operations()) {
      String path = operation.root() + "\\" + operation.key();
      switch (operation) {
        case CreateKey _ -> keys.computeIfAbsent(path, _ -> new TreeMap<>());
        case SetValue set ->
            keys.computeIfAbsent(path, _ -> new TreeMap<>()).put(set.value().name(), set.value());
        case DeleteKey delete -> throw new AssertionError(delete);
        case DeleteValue delete -> throw new AssertionError(delete);
      }
    }
    return keys;
  }

  private static Map<String, Map<String, RegistryValue>> tree(SavedKey root) {
    var keys = new TreeMap<String, Map<String, RegistryValue>>();
    add(root, ROOT, false, keys);
    return keys;
  }

  private static Map<String, Map<String, RegistryValue>> expected(SavedKey root) {
    var keys = new TreeMap<String, Map<String, RegistryValue>>();
    add(root, ROOT, true, keys);
    return keys;
  }

  private static void add(
      SavedKey key, String path, boolean read, Map<String, Map<String, RegistryValue>> keys) {
    if (!fitsALine(path)) {
      return;
    }
    var values = new TreeMap<String, RegistryValue>();
    for (RegistryValue value : key.values()) {
      if (fitsALine(value.name())) {
        values.put(value.name(), read ? asRead(value) : value);
      }
    }
    keys.put(path, values);
    for (SavedKey subkey : key.subkeys()) {
      add(subkey, path + "\\" + subkey.name(), read, keys);
    }
  }

  private static boolean fitsALine(String name) {
    return name.chars().noneMatch(unit -> unit == 0 || unit == '\r' || unit == '\n');
  }

  /** With the NUL that reading adds. */
  static RegistryValue asRead(RegistryValue value) {
    byte[] data = value.bytes();
    boolean text =
        value.type() == ValueType.REG_EXPAND_SZ || value.type() == ValueType.REG_MULTI_SZ;
    boolean ends =
        data.length % 2 == 0
            && data.length > 0
            && data[data.length - 1] == 0
            && data[data.length - 2] == 0;
    return text && data.length > 0 && !ends
        ? RegistryValue.of(value.name(), value.type(), Arrays.copyOf(data, data.length + 2))
        : value;
  }
}
