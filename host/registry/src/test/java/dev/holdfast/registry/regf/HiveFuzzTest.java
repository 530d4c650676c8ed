package dev.holdfast.registry.regf;

import static dev.holdfast.registry.Fuzzer.withinLimits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.Fuzzer;
import dev.holdfast.registry.RegistryValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Spoilt files are read or refused, and nothing else: in time, in memory, and what was read can be
 * written and read again. How long it looks, and what it leaves: {@link Fuzzer}.
 */
class HiveFuzzTest {
  private static final int SEED_BYTES_MAX = 600_000;
  private static final SavedKey SMALL =
      SavedKey.of(
          new KeyInfo("K", "", 0, false, SecurityTable.WHEN_NOT_SAID), List.of(), List.of());

  /** Of the way to a refusal so many places tell it from others. */
  private static final int PLACES_MAX = 6;

  @Test
  void spoiltFiles() throws Exception {
    Fuzzer.run("hives", seeds(), HiveMutation::mutant, HiveFuzzTest::met);
  }

  /** Most objects for the fewest bytes. */
  @Test
  void smallestKeysAndValues_takeNoMoreMemoryThanPromised() throws Exception {
    var values = new ArrayList<RegistryValue>();
    for (int i = 0; i < 100_000; i++) {
      values.add(RegistryValue.of(Integer.toString(i, 36), 1, new byte[0]));
    }
    var subkeys = new ArrayList<SavedKey>();
    for (int i = 0; i < 100_000; i++) {
      var info = KeyInfo.named(Integer.toString(i, 36), i);
      subkeys.add(SavedKey.of(info, List.of(), List.of()));
    }
    byte[] many = HiveFiles.write(SavedKey.of(KeyInfo.named("K", 0), values, List.of()));
    byte[] wide = HiveFiles.write(SavedKey.of(KeyInfo.named("K", 0), List.of(), subkeys));

    assertThat(read(many, Strictness.STRICT).tree()).isNotNull();
    assertThat(read(wide, Strictness.STRICT).tree()).isNotNull();
  }

  /** One cell that everything refers to would be a small file of a large tree. */
  @Test
  void sharedCells_areNoWayToALargeTree() throws Exception {
    var values = new ArrayList<RegistryValue>();
    for (int i = 0; i < 2_000; i++) {
      values.add(RegistryValue.binary("" + i, new byte[i == 0 ? 1 << 20 : 8]));
    }
    byte[] file = HiveFiles.write(SavedKey.of(KeyInfo.named("K", 0), values, List.of()));
    int list = 4096 + Bytes.i32(file, 4096 + 0x20 + 4 + 40) + 4;
    int first = 4096 + Bytes.i32(file, list) + 4;
    for (int i = 1; i < values.size(); i++) {
      int vk = 4096 + Bytes.i32(file, list + 4 * i) + 4;
      Bytes.put32(file, vk + 4, 1 << 20);
      Bytes.put32(file, vk + 8, Bytes.i32(file, first + 8));
    }

    assertThat(read(file, Strictness.SALVAGE).tree()).as("what is read of it").isNull();
  }

  /** Whatever can be unusual about a cell is so for as many as a file can hold. */
  @ParameterizedTest
  @ValueSource(ints = {-8, 8, -12, 12, -16, -20})
  void manyTinyCells_takeNoMoreThanPromised(int header) throws Exception {
    byte[] file = Arrays.copyOf(HiveFiles.write(SMALL), 8 << 20);
    int bin = RegfLayout.BASE_BYTES + Bytes.i32(file, 40);
    Bytes.put32(file, bin, RegfLayout.HBIN);
    Bytes.put32(file, bin + 4, bin - RegfLayout.BASE_BYTES);
    Bytes.put32(file, bin + 8, file.length - bin);
    int cell = bin + RegfLayout.BIN_HEADER_BYTES;
    while (file.length - cell >= 2 * Math.abs(header)) {
      Bytes.put32(file, cell, header);
      cell += Math.abs(header);
    }
    Bytes.put32(file, cell, file.length - cell);
    Bytes.put32(file, 40, file.length - RegfLayout.BASE_BYTES);
    HiveFiles.seal(file);

    assertThat(read(file, Strictness.LENIENT).tree()).isEqualTo(SMALL);
  }

  /** What is wrong with one subkey is wrong with all of many. */
  @ParameterizedTest
  @EnumSource(HiveFormat.class)
  void manyWrongHashesAndHints_takeNoMoreThanPromised(HiveFormat format) throws Exception {
    var subkeys = new ArrayList<SavedKey>();
    for (int i = 0; i < 100_000; i++) {
      var info = new KeyInfo(Integer.toString(i, 36), "", 0, false, SecurityTable.WHEN_NOT_SAID);
      subkeys.add(SavedKey.of(info, List.of(), List.of()));
    }
    SavedKey wide = SavedKey.of(SMALL.info(), List.of(), subkeys);
    byte[] file = HiveFiles.write(wide, format);
    for (int at = RegfLayout.BASE_BYTES; at + 8 <= file.length; at += 8) {
      int signature = Bytes.u16(file, at + 4);
      if (signature == RegfLayout.LH || signature == RegfLayout.LF) {
        for (int i = 0; i < Bytes.u16(file, at + 6); i++) {
          Bytes.put32(file, at + 12 + 8 * i, -1);
        }
      }
    }

    assertThat(read(file, Strictness.SALVAGE).tree()).isEqualTo(wide);
  }

  /** What came of reading: a tree, or none as it was refused; and what was met on the way. */
  private record Outcome(@Nullable SavedKey tree, Set<Oddity> oddities, Set<String> met) {}

  /**
   * Reads it with each strictness; the looser ones have to read what the others do, and the same.
   */
  private static Set<String> met(byte[] file) throws Exception {
    var met = new HashSet<String>();
    @Nullable SavedKey stricter = null;
    for (Strictness strictness : Strictness.values()) {
      Outcome outcome = read(file, strictness);
      outcome.met().forEach(it -> met.add(strictness + " " + it));
      if (stricter != null) {
        assertThat(outcome.tree()).as("read when %s", strictness).isEqualTo(stricter);
      } else if (outcome.tree() != null && canBeWritten(outcome.oddities())) {
        assertIsWrittenAndReadAgain(outcome.tree(), outcome.oddities());
      }
      stricter = outcome.tree();
    }
    return met;
  }

  private static Outcome read(byte[] file, Strictness strictness) throws Exception {
    var builder = new SavedKey.Builder();
    try {
      HiveReport report =
          withinLimits(file.length, () -> HiveReader.read("fuzz", file, strictness, builder));
      var oddities = EnumSet.noneOf(Oddity.class);
      var met = new HashSet<String>();
      for (HiveWarning warning : report.warnings()) {
        oddities.add(warning.oddity());
        met.add(warning.oddity() + " " + magnitude(warning.count()));
      }
      met.add("1." + report.minorVersion() + " keys " + magnitude(report.keyCount()));
      met.add("1." + report.minorVersion() + " values " + magnitude(report.valueCount()));
      return new Outcome(builder.root(), oddities, met);
    } catch (HiveFormatException e) {
      assertThat(e.offset()).isBetween(0L, (long) file.length);
      assertThat(e.field()).isNotEmpty();
      return new Outcome(null, Set.of(), Set.of(e.field() + way(e)));
    }
  }

  /** Rough, as otherwise every file would have something new. */
  private static int magnitude(long count) {
    return (Long.SIZE - Long.numberOfLeadingZeros(count)) / 3;
  }

  /** By which way the reader came to what it refused; how deep it was in the tree is no matter. */
  private static String way(HiveFormatException e) {
    return Arrays.stream(e.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith(HiveReader.class.getPackageName()))
        .map(frame -> " " + frame.getFileName() + ":" + frame.getLineNumber())
        .distinct()
        .limit(PLACES_MAX)
        .collect(Collectors.joining());
  }

  private static boolean canBeWritten(Set<Oddity> oddities) {
    return !oddities.contains(Oddity.ROOT_NAME_EMPTY)
        && !oddities.contains(Oddity.BACKSLASH_IN_NAME);
  }

  private static void assertIsWrittenAndReadAgain(SavedKey root, Set<Oddity> oddities) {
    byte[] file = HiveFiles.write(root, HiveFormat.STANDARD);
    try {
      SavedKey back = HiveFiles.read(file, Strictness.STRICT);
      assertThat(HiveFiles.write(back, HiveFormat.STANDARD)).isEqualTo(file);
      if (!oddities.contains(Oddity.NO_SECURITY)) {
        assertThat(back).isEqualTo(root);
      }
    } catch (HiveFormatException e) {
      throw new AssertionError("what was read cannot be read again", e);
    }
  }

  private static List<byte[]> seeds() throws IOException {
    var seeds = new ArrayList<byte[]>();
    for (long seed = 1; seed <= 6; seed++) {
      for (HiveFormat format : HiveFormat.values()) {
        seeds.add(HiveFiles.write(RandomTrees.wild(seed, 40), format));
      }
    }
    String hives = System.getenv("HOLDFAST_TEST_HIVES");
    if (hives != null) {
      for (String folder : List.of("valid", "corrupt")) {
        try (Stream<Path> files = Files.list(Path.of(hives, folder))) {
          for (Path file : files.sorted().toList()) {
            if (Files.size(file) < SEED_BYTES_MAX) {
              seeds.add(Files.readAllBytes(file));
            }
          }
        }
      }
    }
    return seeds;
  }
}
