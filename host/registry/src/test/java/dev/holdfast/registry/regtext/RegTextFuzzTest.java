package dev.holdfast.registry.regtext;

import static dev.holdfast.registry.Fuzzer.withinLimitsWhenRead;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.Fuzzer;
import dev.holdfast.registry.Limits;
import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.regf.HiveFormat;
import dev.holdfast.registry.regf.HiveReader;
import dev.holdfast.registry.regf.HiveWriter;
import dev.holdfast.registry.regf.KeyInfo;
import dev.holdfast.registry.regf.RandomTrees;
import dev.holdfast.registry.regf.SavedKey;
import dev.holdfast.registry.regf.Strictness;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Spoilt texts are read or refused, and nothing else: in time, in memory, and what was read makes a
 * tree that can be written as a hive file and as a text, and read again. How long it looks, and
 * what it leaves: {@link Fuzzer}.
 */
@Isolated // It looks at how much of the heap is in use.
class RegTextFuzzTest {
  private static final String ROOT = "HKEY_LOCAL_MACHINE\\Root";
  private static final int SEED_KEYS = 20;
  private static final int SEED_VALUE_BYTES_MAX = 100;
  private static final int CHARS = 2 << 20;

  /** All that a text can say, and some that is left out. */
  private static final String EVERYTHING =
      """
      REGEDIT4

      ; a comment
      [HKEY_LOCAL_MACHINE\\Root\\Sub]
      @="default"
      "text"="a\\\\b\\"c\\n"
      "number"=dword:0000002a
      "bytes"=hex:01,02,\\
        03,04 ; a comment
      "path"=hex(2):25,61,25,00
      "list"=hex(7):61,00,62,00,00
      "odd"=hex(ffff0001):
      "gone"=-
      [-HKEY_LOCAL_MACHINE\\Root\\Gone]
      "nowhere"="x"
      [HKEY_USERS]
      [HKEY_NOBODY\\a]
      "lost"=1
      """;

  /** A key that a text speaks of. */
  private static final class Node {
    final Map<String, Node> subkeys = new TreeMap<>(NameOrder.IGNORING_CASE);
    final Map<String, RegistryValue> values = new TreeMap<>(NameOrder.IGNORING_CASE);

    SavedKey saved(String name) {
      List<SavedKey> below = new ArrayList<>();
      subkeys.forEach((subkeyName, node) -> below.add(node.saved(subkeyName)));
      return SavedKey.of(KeyInfo.named(name, 0), List.copyOf(values.values()), below);
    }
  }

  @Test
  void spoiltTexts() throws Exception {
    Fuzzer.run("texts", seeds(), RegTextMutation::mutant, RegTextFuzzTest::met);
  }

  /** Most objects for the fewest bytes; UTF-16 has fewer for as many. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[HKEY_USERS]\n",
        "[HKEY_USERS\\a]\n",
        "[HKEY_USERS\\abc]\n",
        "[-HKEY_USERS\\a]\n",
        "@=\"\"\n",
        "@=\"a\"\n",
        "@=-\n",
        "@=hex:\n",
        "@=dword:1\n",
        "\"a\"=-\n",
        "\"a\"=\"\"\n",
        "\"ab\"=\"\"\n",
        "a\n",
        "\n",
        "@=hex:0,\\\n0\n"
      })
  void smallestLines_takeNoMoreMemoryThanPromised(String line) throws Exception {
    assertIsHeldInNoMoreThanPromised("[HKEY_USERS\\b]\n" + line.repeat(CHARS / line.length()));
  }

  @Test
  void shortNamesThatDiffer_takeNoMoreMemoryThanPromised() throws Exception {
    var lines = new StringBuilder("[HKEY_USERS\\b]\n");
    while (lines.length() < CHARS) {
      for (char first = '0'; first <= 'z'; first++) {
        for (char second = '0'; second <= 'z'; second++) {
          if (first != '\\' && second != '\\') {
            lines.append('"').append(first).append(second).append("\"=\"\"\n");
          }
        }
      }
    }
    assertIsHeldInNoMoreThanPromised(lines.toString());
  }

  @Test
  void deepKeysWithShortNames_takeNoMoreMemoryThanPromised() throws Exception {
    String line = "[HKEY_USERS" + "\\a".repeat(Limits.DEPTH_MAX) + "]\n";
    assertIsHeldInNoMoreThanPromised(line.repeat(CHARS / line.length()));
  }

  @Test
  void oneValueOfManyLines_takesNoMoreMemoryThanPromised() throws Exception {
    assertIsHeldInNoMoreThanPromised("[HKEY_USERS]\n@=hex:" + "0,\\\n".repeat(CHARS / 4));
  }

  private static void assertIsHeldInNoMoreThanPromised(String lines) throws Exception {
    byte[] text = CodePage.encode(RegTextVersion.REGEDIT4.header() + "\n" + lines);

    long held = Fuzzer.heldBytes(() -> RegTextParser.parse("fuzz", text));

    assertThat(held).isLessThan(Fuzzer.HEAP_FACTOR * (long) text.length);
  }

  private static List<byte[]> seeds() throws IOException {
    var seeds = new ArrayList<byte[]>();
    seeds.add(CodePage.encode(EVERYTHING));
    seeds.add(
        Utf16.encode(
            "\uFEFF"
                + EVERYTHING.replace(
                    RegTextVersion.REGEDIT4.header(), RegTextVersion.VERSION_5.header())));
    for (long seed = 1; seed <= 4; seed++) {
      SavedKey wild = withSmallValues(RandomTrees.wild(seed, SEED_KEYS));
      SavedKey tame = withSmallValues(RandomTrees.tame(seed, SEED_KEYS));
      seeds.add(written(wild, ROOT, RegTextVersion.VERSION_5));
      seeds.add(written(tame, ROOT, RegTextVersion.REGEDIT4));
    }
    return seeds;
  }

  /** A text of many digits takes long to try, and shows nothing more. */
  private static SavedKey withSmallValues(SavedKey key) {
    return SavedKey.of(
        key.info(),
        key.values().stream().filter(value -> value.sizeBytes() <= SEED_VALUE_BYTES_MAX).toList(),
        key.subkeys().stream().map(RegTextFuzzTest::withSmallValues).toList());
  }

  private static Set<String> met(byte[] bytes) throws Exception {
    RegText text;
    try {
      text = withinLimitsWhenRead(bytes.length, () -> RegTextParser.parse("fuzz", bytes));
    } catch (RegTextException e) {
      assertThat(e).hasMessageContaining("it begins with");
      return Set.of("refused");
    }
    assertThat(text.skippedCount()).isGreaterThanOrEqualTo(text.skipped().size());
    var met = new HashSet<String>();
    met.add("operations " + magnitude(text.operations().size()));
    met.add("skipped " + magnitude(text.skippedCount()));
    text.skipped().forEach(skipped -> met.add(withoutFigures(skipped.reason())));
    text.operations()
        .forEach(operation -> met.add(operation.getClass().getSimpleName() + type(operation)));
    for (Map.Entry<String, Node> root : roots(text).entrySet()) {
      assertIsWrittenAndReadAgain(root.getValue().saved(root.getKey()));
    }
    return met;
  }

  /** Rough, as otherwise every text would have something new. */
  private static int magnitude(long count) {
    return (Long.SIZE - Long.numberOfLeadingZeros(count)) / 3;
  }

  private static String withoutFigures(String reason) {
    int quote = reason.indexOf('"');
    return (quote < 0 ? reason : reason.substring(0, quote)).replaceAll("[0-9,]+", "#");
  }

  private static String type(RegOperation operation) {
    return operation instanceof RegOperation.SetValue set
        ? " " + Math.clamp(set.value().type(), -1, 12) + " " + magnitude(set.value().sizeBytes())
        : "";
  }

  /** What the text makes of nothing: a tree for each root key. */
  private static Map<String, Node> roots(RegText text) {
    var top = new Node();
    for (RegOperation operation : text.operations()) {
      Node root = top.subkeys.computeIfAbsent(operation.root(), _ -> new Node());
      List<String> names = operation.key().names();
      switch (operation) {
        case RegOperation.CreateKey _ -> key(root, names);
        case RegOperation.SetValue set ->
            key(root, names).values.put(set.value().name(), set.value());
        case RegOperation.DeleteValue delete -> key(root, names).values.remove(delete.name());
        case RegOperation.DeleteKey _ ->
            key(root, names.subList(0, names.size() - 1)).subkeys.remove(names.getLast());
      }
    }
    return top.subkeys;
  }

  private static Node key(Node root, List<String> names) {
    Node key = root;
    for (String name : names) {
      key = key.subkeys.computeIfAbsent(name, _ -> new Node());
    }
    return key;
  }

  private static void assertIsWrittenAndReadAgain(SavedKey root) throws Exception {
    byte[] hive = HiveWriter.write(SavedKey.VIEW, root, HiveFormat.STANDARD, 1).bytes();
    var back = new SavedKey.Builder();
    HiveReader.read("fuzz", hive, Strictness.STRICT, back);
    byte[] again = HiveWriter.write(SavedKey.VIEW, back.root(), HiveFormat.STANDARD, 1).bytes();
    assertThat(again).isEqualTo(hive);

    byte[] text = written(root, root.name(), RegTextVersion.VERSION_5);
    RegText read = RegTextParser.parse("fuzz", text);
    assertThat(read.skipped()).isEmpty();
    Node node = roots(read).getOrDefault(root.name(), new Node());
    assertThat(text(node.saved(root.name()))).isEqualTo(text(asRead(root)));
  }

  private static SavedKey asRead(SavedKey key) {
    return SavedKey.of(
        key.info(),
        key.values().stream().map(RegTextRoundTripTest::asRead).toList(),
        key.subkeys().stream().map(RegTextFuzzTest::asRead).toList());
  }

  private static String text(SavedKey root) throws IOException {
    byte[] text = written(root, root.name(), RegTextVersion.VERSION_5);
    return Utf16.decode(text, 0, text.length);
  }

  private static byte[] written(SavedKey root, String path, RegTextVersion version)
      throws IOException {
    var out = new ByteArrayOutputStream();
    RegTextWriter.write(SavedKey.VIEW, root, path, version, out);
    return out.toByteArray();
  }
}
