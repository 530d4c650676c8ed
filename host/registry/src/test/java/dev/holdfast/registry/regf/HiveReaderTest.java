package dev.holdfast.registry.regf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.regf.HiveFormatException.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One byte, number or offset of a good file is changed, and the reader says which. */
class HiveReaderTest {
  private static final DescriptorBytes ONE = DescriptorBytes.of(new byte[24]);
  private static final DescriptorBytes OTHER = DescriptorBytes.of(new byte[28]);

  /** A file in which every kind of cell is, and where they are. */
  static final class Sample {
    final byte[] file;
    final int root = 4096 + 0x20 + 4;
    final int list;
    final int first;
    final int second;
    final int values;
    final int plain;
    final int inline;
    final int big;
    final int db;
    final int sk;

    Sample(HiveFormat format) {
      var first = new KeyInfo("Alpha", "Class", 1, false, ONE);
      var second = new KeyInfo("Beta", "", 2, false, OTHER);
      SavedKey tree =
          SavedKey.of(
              new KeyInfo("Root", "", 3, false, ONE),
              List.of(
                  RegistryValue.binary("plain", new byte[100]),
                  RegistryValue.dword("inline", 7),
                  RegistryValue.binary("large", new byte[40_000])),
              List.of(
                  SavedKey.of(first, List.of(), List.of()),
                  SavedKey.of(second, List.of(), List.of())));
      this.file = HiveFiles.write(tree, format);
      this.list = place(root + 28);
      this.first = place(list + 4);
      this.second = place(list + 12);
      this.values = place(root + 40);
      this.plain = place(values);
      this.inline = place(values + 4);
      this.big = place(values + 8);
      this.db = place(big + 8);
      this.sk = place(root + 44);
    }

    int place(int reference) {
      return 4096 + Bytes.i32(file, reference) + 4;
    }

    void put16(int at, int number) {
      Bytes.put16(file, at, number);
      HiveFiles.seal(file);
    }

    void put32(int at, int number) {
      Bytes.put32(file, at, number);
      HiveFiles.seal(file);
    }

    void copy32(int to, int from) {
      put32(to, Bytes.i32(file, from));
    }
  }

  @FunctionalInterface
  interface Change {
    void make(Sample sample);
  }

  /** A change that no reading tolerates. */
  record Damage(String what, String field, Change change) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Damage> damages() {
    return Stream.of(
        new Damage("checksum", "base.checksum", s -> s.file[508]++),
        new Damage("bins size 0", "base.bins-size", s -> s.put32(40, 0)),
        new Damage("bins size odd", "base.bins-size", s -> s.put32(40, 4097)),
        new Damage("bins size huge", "base.bins-size", s -> s.put32(40, 0xFFFF_F000)),
        new Damage("root nowhere", "base.root", s -> s.put32(36, -1)),
        new Damage("root negative", "base.root", s -> s.put32(36, -0x1000)),
        new Damage("root past the end", "base.root", s -> s.put32(36, s.file.length)),
        new Damage("root at an odd offset", "base.root", s -> s.put32(36, 0x21)),
        new Damage("root inside a cell", "base.root", s -> s.put32(36, 0x28)),
        new Damage("root is no key", "nk.signature", s -> s.put32(36, data(s))),
        new Damage("bin signature", "hbin.signature", s -> s.put32(4096, 0)),
        new Damage("bin offset", "hbin.offset", s -> s.put32(4100, 8)),
        new Damage("bin size 0", "hbin.size", s -> s.put32(4104, 0)),
        new Damage("bin size odd", "hbin.size", s -> s.put32(4104, 4097)),
        new Damage("bin size huge", "hbin.size", s -> s.put32(4104, 0xFFFF_F000)),
        new Damage("cell size 0", "cell.size", s -> s.put32(s.root - 4, 0)),
        new Damage("cell size -4", "cell.size", s -> s.put32(s.root - 4, -4)),
        new Damage("cell size odd", "cell.size", s -> s.put32(s.root - 4, -81)),
        new Damage("cell size smallest", "cell.size", s -> s.put32(s.root - 4, 0x8000_0000)),
        new Damage("cell larger than its bin", "cell.size", s -> s.put32(s.root - 4, -8192)),
        new Damage("cell freed", "list.entry", s -> s.put32(s.first - 4, -i32(s, s.first - 4))),
        new Damage("key signature", "nk.signature", s -> s.put16(s.first, 0)),
        new Damage("key name empty", "nk.name-size", s -> s.put16(s.first + 72, 0)),
        new Damage("key name long", "nk.name-size", s -> s.put16(s.first + 72, 60_000)),
        new Damage("key parent", "nk.parent", s -> s.put32(s.first + 16, 0x28)),
        new Damage("subkey count", "nk.subkey-count", s -> s.put32(s.root + 20, 3)),
        new Damage("subkey count huge", "nk.subkey-count", s -> s.put32(s.root + 20, -1)),
        new Damage("list nowhere", "nk.subkeys", s -> s.put32(s.root + 28, -1)),
        new Damage("list signature", "list.signature", s -> s.put16(s.list, 0x6262)),
        new Damage("list count", "list.count", s -> s.put16(s.list + 2, 60_000)),
        new Damage("list inside a cell", "nk.subkeys", s -> s.put32(s.root + 28, 0x30)),
        new Damage("list of lists of a list", "ri.entry", s -> s.put16(s.list, RegfLayout.RI)),
        new Damage("subkey twice", "list.entry", s -> s.copy32(s.list + 12, s.list + 4)),
        new Damage("subkey is the root", "list.entry", s -> s.put32(s.list + 4, 0x20)),
        new Damage("subkey is a value", "list.entry", s -> s.copy32(s.list + 4, s.values)),
        new Damage("class odd", "nk.class-size", s -> s.put16(s.first + 74, 9)),
        new Damage("class long", "nk.class", s -> s.put16(s.first + 74, 600)),
        new Damage("class nowhere", "nk.class", s -> s.put32(s.first + 48, -1)),
        new Damage("value count", "nk.values", s -> s.put32(s.root + 36, 60)),
        new Damage("value count huge", "nk.values", s -> s.put32(s.root + 36, -1)),
        new Damage("value twice", "values.entry", s -> s.copy32(s.values, s.values + 4)),
        new Damage("value signature", "vk.signature", s -> s.put16(s.plain, 0)),
        new Damage("value name long", "vk.name-size", s -> s.put16(s.plain + 2, 600)),
        new Damage("inline of five", "vk.data-size", s -> s.put32(s.inline + 4, 0x8000_0005)),
        new Damage("inline of many", "vk.data-size", s -> s.put32(s.inline + 4, -1)),
        new Damage("data size", "vk.data", s -> s.put32(s.plain + 4, 4_000)),
        new Damage("data size huge", "vk.data-size", s -> s.put32(s.plain + 4, 0x7FFF_FFFF)),
        new Damage("data nowhere", "vk.data", s -> s.put32(s.plain + 8, -1)),
        new Damage("data shared", "vk.data", s -> s.put32(s.plain + 8, s.values - 4100)),
        new Damage("pieces' signature", "db.signature", s -> s.put16(s.db, 0)),
        new Damage("pieces' count", "db.count", s -> s.put16(s.db + 2, 2)),
        new Damage("pieces' list", "db.list", s -> s.put32(s.db + 4, -1)),
        new Damage("piece nowhere", "db.piece", s -> s.put32(s.place(s.db + 4) + 4, 0x10)),
        new Damage("piece twice", "db.piece", s -> twice(s)),
        new Damage("security signature", "sk.signature", s -> s.put16(s.sk, 0)),
        new Damage("security size", "sk.size", s -> s.put32(s.sk + 16, 5_000)),
        new Damage("security size small", "sk.size", s -> s.put32(s.sk + 16, 19)),
        new Damage("security size negative", "sk.size", s -> s.put32(s.sk + 16, -1)),
        new Damage("security inside a cell", "nk.security", s -> s.put32(s.root + 44, 0x30)));
  }

  private static int i32(Sample sample, int at) {
    return Bytes.i32(sample.file, at);
  }

  /** The offset of a cell that is as large as a key's, and none. */
  private static int data(Sample sample) {
    return sample.place(sample.plain + 8) - 4100;
  }

  private static void twice(Sample sample) {
    int list = sample.place(sample.db + 4);
    sample.copy32(list + 4, list);
  }

  @ParameterizedTest
  @MethodSource("damages")
  void damage_isRefusedWithItsField(Damage damage) {
    for (Strictness strictness : Strictness.values()) {
      var sample = new Sample(HiveFormat.LATEST);
      damage.change().make(sample);

      HiveFormatException e = refused(sample.file, strictness);

      assertThat(e.field()).as(damage.what()).isEqualTo(damage.field());
      assertThat(e.problem()).as(damage.what()).isEqualTo(Problem.DAMAGED);
      assertThat(e.offset()).isBetween(0L, (long) sample.file.length);
      assertThat(e)
          .hasMessageStartingWith("hive not read: test: it is damaged: at byte 0x")
          .hasMessageContaining("field " + damage.field() + ": ")
          .hasMessageEndingWith("; nothing of it is used");
    }
  }

  /** A change that is told of from some strictness on. */
  record Odd(Oddity oddity, HiveFormat format, Change change) {
    @Override
    public String toString() {
      return oddity.name();
    }
  }

  static Stream<Odd> oddities() {
    return Stream.of(
        latest(Oddity.DIRTY, s -> s.put32(4, 2)),
        latest(Oddity.CLUSTERING_FACTOR, s -> s.put32(44, 2)),
        latest(Oddity.VOLATILE_LEFTOVERS, s -> s.put32(s.root + 24, 5)),
        latest(Oddity.LIST_WITHOUT_ENTRIES, s -> s.put32(s.first + 28, 0x1234)),
        latest(Oddity.CLASS_WITHOUT_LENGTH, s -> s.put32(s.root + 48, 0x1234)),
        latest(Oddity.MAXIMUM_TOO_SMALL, s -> s.put32(s.root + 64, 1)),
        latest(Oddity.MAXIMUM_TOO_SMALL, s -> s.put32(s.root + 60, 1)),
        latest(Oddity.MAXIMUM_TOO_SMALL, s -> s.put16(s.root + 52, 1)),
        latest(Oddity.SMALL_DATA_APART, s -> s.put32(s.plain + 4, 4)),
        latest(Oddity.PREDEFINED_HANDLE, s -> s.put16(s.root + 2, 0x6C)),
        latest(Oddity.ROOT_FLAG_BELOW_ROOT, s -> s.put16(s.first + 2, 0x24)),
        latest(Oddity.UNREFERENCED_CELLS, s -> s.put32(s.plain + 4, 0)),
        latest(Oddity.ROOT_FLAG_MISSING, s -> s.put16(s.root + 2, 0x28)),
        latest(Oddity.ROOT_NAME_EMPTY, s -> s.put16(s.root + 72, 0)),
        latest(Oddity.BACKSLASH_IN_NAME, s -> s.file[s.root + 78] = '\\'),
        latest(Oddity.DUPLICATE_VALUE, HiveReaderTest::twinValues),
        latest(Oddity.NO_SECURITY, s -> s.put32(s.second + 44, -1)),
        latest(Oddity.WRONG_HASH, s -> s.put32(s.list + 8, 5)),
        latest(Oddity.REFERENCE_COUNT, s -> s.put32(s.sk + 12, 1)),
        latest(Oddity.SECURITY_RING, s -> s.put32(s.sk + 4, 0x20)),
        latest(Oddity.SECURITY_RING, s -> s.copy32(s.sk + 8, s.root + 44)),
        standard(Oddity.WRONG_HINT, s -> s.put32(s.list + 8, 0x4141_4141)),
        standard(Oddity.HASHED_LIST_IN_STANDARD, HiveReaderTest::hashed));
  }

  private static void hashed(Sample sample) {
    sample.put16(sample.list, RegfLayout.LH);
    sample.put32(sample.list + 8, NameOrder.hash("Alpha"));
    sample.put32(sample.list + 16, NameOrder.hash("Beta"));
  }

  /** The name of the last value becomes that of the first, which is as long, in capitals. */
  private static void twinValues(Sample sample) {
    byte[] name = "PLAIN".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, sample.file, sample.big + 20, name.length);
  }

  private static Odd latest(Oddity oddity, Change change) {
    return new Odd(oddity, HiveFormat.LATEST, change);
  }

  private static Odd standard(Oddity oddity, Change change) {
    return new Odd(oddity, HiveFormat.STANDARD, change);
  }

  @ParameterizedTest
  @MethodSource("oddities")
  void oddity_isToldFromItsStrictnessOn(Odd odd) throws Exception {
    var sample = new Sample(odd.format());
    odd.change().make(sample);

    for (Strictness strictness : Strictness.values()) {
      if (strictness.tolerates(odd.oddity())) {
        assertThat(HiveFiles.report(sample.file, strictness).warnings())
            .as("%s", strictness)
            .extracting(HiveWarning::oddity)
            .contains(odd.oddity());
      } else {
        assertThat(refused(sample.file, strictness)).hasMessageContaining(odd.oddity().sentence());
      }
    }
  }

  @Test
  void duplicateValue_isLeftOut() throws Exception {
    var sample = new Sample(HiveFormat.LATEST);
    twinValues(sample);

    SavedKey root = HiveFiles.read(sample.file, Strictness.LENIENT);

    assertThat(root.values()).extracting(RegistryValue::name).containsExactly("plain", "inline");
    assertThat(root.value("plain").orElseThrow().sizeBytes()).isEqualTo(100);
  }

  @Test
  void duplicateSubkey_isLeftOut() throws Exception {
    var sample = new Sample(HiveFormat.STANDARD);
    byte[] name = "ALPHA".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, sample.file, sample.second + 76, 5);
    sample.put16(sample.second + 72, 5);
    sample.put32(sample.list + 16, 0);
    assertThat(refused(sample.file, Strictness.STRICT).field()).isEqualTo("list.entry");

    // Its descriptor has a reference less, as its key is left out.
    SavedKey root = HiveFiles.read(sample.file, Strictness.SALVAGE);

    assertThat(root.subkeys()).extracting(SavedKey::name).containsExactly("Alpha");
  }

  @Test
  void subkeysOutOfOrder_arePutInOrderWhenSalvaged() throws Exception {
    var sample = new Sample(HiveFormat.STANDARD);
    sample.file[sample.first + 76] = 'X';
    sample.file[sample.list + 8] = 'X';
    assertThat(refused(sample.file, Strictness.LENIENT)).hasMessageContaining("Xlpha before Beta");

    SavedKey root = HiveFiles.read(sample.file, Strictness.SALVAGE);

    assertThat(root.subkeys()).extracting(SavedKey::name).containsExactly("Beta", "Xlpha");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7})
  void otherVersions_areNotServed(int minor) {
    var sample = new Sample(HiveFormat.STANDARD);
    sample.put32(24, minor);

    HiveFormatException e = refused(sample.file, Strictness.SALVAGE);

    assertThat(e.problem()).isEqualTo(Problem.UNSUPPORTED);
    assertThat(e).hasMessageContaining("1." + minor).hasMessageContaining("1.3 to 1.6");
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6})
  void versions_areServed(int minor) throws Exception {
    var sample = new Sample(minor < 5 ? HiveFormat.STANDARD : HiveFormat.LATEST);
    sample.put32(24, minor);
    if (minor == 4) {
      // That version keeps large data in pieces already.
      assertThat(HiveFiles.report(sample.file, Strictness.LENIENT).warnings())
          .extracting(HiveWarning::oddity)
          .containsExactly(Oddity.BIG_DATA_IN_ONE_CELL);
      return;
    }

    HiveReport report = HiveFiles.report(sample.file, Strictness.STRICT);

    assertThat(report.minorVersion()).isEqualTo(minor);
    assertThat(report.keyCount()).isEqualTo(3);
    assertThat(report.valueCount()).isEqualTo(3);
    assertThat(report.savedAtFiletime()).isEqualTo(HiveFiles.SAVED_AT);
    assertThat(report.warnings()).isEmpty();
  }

  @Test
  void layeredHive_tombstonesAreLeftOut() throws Exception {
    var sample = new Sample(HiveFormat.LATEST);
    sample.put32(24, 6);
    sample.put16(sample.inline + 16, 3);
    assertThat(refused(sample.file, Strictness.STRICT).field()).isEqualTo("vk.flags");

    SavedKey root = HiveFiles.read(sample.file, Strictness.LENIENT);

    assertThat(root.values()).extracting(RegistryValue::name).containsExactly("plain", "large");
  }

  @Test
  void whatIsNoHive_isSaidToBeNone() {
    var log = new Sample(HiveFormat.STANDARD);
    log.put32(28, 1);

    assertThat(refused(new byte[0], Strictness.SALVAGE).problem()).isEqualTo(Problem.NOT_A_HIVE);
    assertThat(refused(new byte[9_000], Strictness.SALVAGE).problem())
        .isEqualTo(Problem.NOT_A_HIVE);
    assertThat(refused(log.file, Strictness.SALVAGE).problem()).isEqualTo(Problem.NOT_A_HIVE);
  }

  @Test
  void dirtyHive_isSaidToBeDirty() {
    var sample = new Sample(HiveFormat.STANDARD);
    sample.put32(4, 9);

    HiveFormatException e = refused(sample.file, Strictness.LENIENT);

    assertThat(e.problem()).isEqualTo(Problem.DIRTY);
    assertThat(e).hasMessageContaining("it was not written to its end");
  }

  @Test
  void fileThatEndsEarly_isRefusedWhereverItEnds() {
    byte[] file = new Sample(HiveFormat.LATEST).file;
    for (int length = 4; length < file.length; length += length < 600 ? 1 : 509) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThat(refused(cut, Strictness.SALVAGE).problem())
          .as("%d bytes", length)
          .isEqualTo(Problem.DAMAGED);
    }
  }

  @Test
  void valueBeyondOurLimit_namesTheLimit() {
    var sample = new Sample(HiveFormat.STANDARD);
    byte[] large = Arrays.copyOf(sample.file, 40 << 20);
    Bytes.put32(large, sample.plain + 4, 17 << 20);

    HiveFormatException e = refused(large, Strictness.SALVAGE);

    assertThat(e.problem()).isEqualTo(Problem.TOO_LARGE);
    assertThat(e).hasMessageContaining("VALUE_BYTES_MAX");
  }

  @Test
  void warnings_areCountedNotRepeated() throws Exception {
    var sample = new Sample(HiveFormat.LATEST);
    sample.put32(sample.first + 24, 5);
    sample.put32(sample.second + 24, 5);

    List<HiveWarning> warnings = HiveFiles.report(sample.file, Strictness.STRICT).warnings();

    assertThat(warnings).hasSize(1);
    assertThat(warnings.getFirst().count()).isEqualTo(2);
    assertThat(warnings.getFirst().firstOffset()).isEqualTo(sample.first + 2);
  }

  @Test
  void tail_isToldOf() throws Exception {
    var sample = new Sample(HiveFormat.LATEST);
    byte[] longer = Arrays.copyOf(sample.file, sample.file.length + 512);

    assertThat(HiveFiles.report(longer, Strictness.STRICT).warnings())
        .extracting(HiveWarning::oddity)
        .containsExactly(Oddity.TAIL_AFTER_BINS);
  }

  @Test
  void levelBeyondTheDeepest_isRefused() {
    SavedKey key = SavedKey.of(KeyInfo.named("x", 0), List.of(), List.of());
    for (int level = 0; level < 512; level++) {
      key = SavedKey.of(KeyInfo.named("x", 0), List.of(), List.of(key));
    }
    byte[] file = HiveFiles.write(key);
    var places = new ArrayList<Integer>();
    int nk = 4096 + 0x20 + 4;
    for (int level = 0; level <= 512; level++) {
      places.add(nk);
      nk = level == 512 ? nk : place(file, place(file, nk + 28) + 4);
    }
    // The last is given the list of the one before it: a chain without an end, if it were followed.
    Bytes.put32(file, places.get(512) + 20, 1);
    Bytes.put32(file, places.get(512) + 28, Bytes.i32(file, places.get(511) + 28));

    assertThatExceptionOfType(HiveFormatException.class)
        .isThrownBy(() -> HiveFiles.read(file, Strictness.SALVAGE))
        .satisfies(e -> assertThat(e.field()).isIn("nk.subkeys", "list.entry"));
  }

  private static int place(byte[] file, int reference) {
    return 4096 + Bytes.i32(file, reference) + 4;
  }

  private static HiveFormatException refused(byte[] file, Strictness strictness) {
    HiveFormatException e =
        catchThrowableOfType(HiveFormatException.class, () -> HiveFiles.read(file, strictness));
    assertThat(e).as("%s reads it", strictness).isNotNull();
    return e;
  }
}
