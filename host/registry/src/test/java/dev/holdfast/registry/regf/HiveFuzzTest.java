package dev.holdfast.registry.regf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.holdfast.registry.RegistryValue;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Files that were spoilt at random are read or refused, and nothing else: in time, in memory, and
 * what was read can be written and read again.
 *
 * <p>{@code -Dholdfast.fuzz.seconds=N} looks longer. A file that makes trouble is left in {@code
 * target/fuzz}; it then gets a test of its own.
 */
class HiveFuzzTest {
  private static final long SECONDS = Long.getLong("holdfast.fuzz.seconds", 5);
  private static final long READING_NANOS_MAX = 5_000_000_000L;
  private static final int HEAP_FACTOR = 16;
  private static final long HEAP_FIXED_BYTES = 32 << 20;

  /** Numbers at which code goes wrong that counts and adds. */
  private static final int[] EDGES = {
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    20,
    32,
    76,
    0x7F,
    0xFF,
    0x100,
    508,
    4_096,
    16_344,
    16_345,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFF,
    0x8000_0000,
    0x8000_0004,
    -1,
    -2,
    -4,
    -8,
    -80,
    -4_096
  };

  private static final List<Strictness> STRICTNESSES = List.of(Strictness.values());

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void spoiltFiles() throws Exception {
    List<byte[]> seeds = seeds();
    long start = System.nanoTime();
    long cases = 0;
    long read = 0;
    // A time to begin with, so that each run looks elsewhere; the message of a failure names it.
    for (long seed = start; System.nanoTime() - start < SECONDS * 1_000_000_000L; seed++) {
      var random = new Random(seed);
      byte[] file = spoilt(seeds.get(random.nextInt(seeds.size())), random);
      Strictness strictness = STRICTNESSES.get(random.nextInt(STRICTNESSES.size()));
      try {
        if (readOrRefused(file, strictness)) {
          read++;
        }
      } catch (AssertionError | RuntimeException | StackOverflowError e) {
        fail("seed %d, %s, kept as %s".formatted(seed, strictness, kept(file, seed)), e);
      }
      cases++;
    }
    assertThat(cases).as("spoilt files").isGreaterThan(20 * SECONDS);
    assertThat(read).as("spoilt files that are read all the same").isBetween(1L, cases - 1);
    Files.writeString(
        Files.createDirectories(Path.of("target", "fuzz")).resolve("hives.txt"),
        "%,d spoilt files in %d s, %,d of them read%n".formatted(cases, SECONDS, read));
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

    assertThat(readOrRefused(many, Strictness.STRICT)).isTrue();
    assertThat(readOrRefused(wide, Strictness.STRICT)).isTrue();
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

    assertThat(readOrRefused(file, Strictness.SALVAGE)).as("it is read").isFalse();
  }

  /** Whether it was read. */
  private static boolean readOrRefused(byte[] file, Strictness strictness) {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    var builder = new SavedKey.Builder();
    HiveReport report;
    try {
      report = HiveReader.read("fuzz", file, strictness, builder);
    } catch (HiveFormatException e) {
      assertThat(e.offset()).isBetween(0L, (long) file.length);
      assertThat(e.field()).isNotEmpty();
      report = null;
    }
    long nanos = System.nanoTime() - start;
    allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
    assertThat(nanos).as("nanoseconds").isLessThan(READING_NANOS_MAX);
    // All that was ever allocated is more than what there was at any time.
    assertThat(allocated)
        .as("bytes allocated for a file of %,d", file.length)
        .isLessThan(HEAP_FIXED_BYTES + (long) HEAP_FACTOR * file.length);
    if (report == null) {
      return false;
    }
    if (report.warnings().stream().noneMatch(HiveFuzzTest::isOfAName)) {
      assertIsWrittenAndReadAgain(builder.root());
    }
    return true;
  }

  private static boolean isOfAName(HiveWarning warning) {
    return warning.oddity() == Oddity.ROOT_NAME_EMPTY
        || warning.oddity() == Oddity.BACKSLASH_IN_NAME;
  }

  private static void assertIsWrittenAndReadAgain(SavedKey root) {
    byte[] file = HiveFiles.write(root, HiveFormat.STANDARD);
    try {
      SavedKey back = HiveFiles.read(file, Strictness.STRICT);
      assertThat(HiveFiles.write(back, HiveFormat.STANDARD)).isEqualTo(file);
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
      try (Stream<Path> files = Files.list(Path.of(hives, "valid"))) {
        for (Path file : files.sorted().toList()) {
          if (Files.size(file) < 1 << 20) {
            seeds.add(Files.readAllBytes(file));
          }
        }
      }
    }
    return seeds;
  }

  static byte[] spoilt(byte[] good, Random random) {
    byte[] file = good.clone();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      spoil(file, random);
    }
    if (random.nextInt(20) == 0) {
      file = Arrays.copyOf(file, random.nextInt(file.length + 5_000));
    }
    if (file.length >= 4_096 && random.nextInt(20) != 0) {
      HiveFiles.seal(file);
    }
    return file;
  }

  private static void spoil(byte[] file, Random random) {
    int at = place(file, random);
    int edge = EDGES[random.nextInt(EDGES.length)];
    switch (random.nextInt(8)) {
      case 0 -> file[at] = (byte) random.nextInt();
      case 1 -> file[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> Bytes.put16(file, at, edge);
      case 3 -> Bytes.put32(file, at & ~3, edge);
      // One reference becomes another that is good in itself.
      case 4 -> Bytes.put32(file, at & ~3, Bytes.i32(file, place(file, random) & ~3));
      case 5 -> Bytes.put32(file, at & ~3, place(file, random) - 4_096 & ~7);
      case 6 -> Bytes.put32(file, at & ~3, Bytes.i32(file, at & ~3) + random.nextInt(17) - 8);
      default -> {
        int from = place(file, random);
        int length = Math.min(random.nextInt(100), file.length - Math.max(at, from));
        System.arraycopy(file, from, file, at, length);
      }
    }
  }

  /** Most often where a cell begins or soon after: the rest is data. */
  private static int place(byte[] file, Random random) {
    int last = file.length - 8;
    if (random.nextInt(12) == 0) {
      return random.nextInt(512);
    }
    int at = 4_096 + random.nextInt(file.length - 4_096);
    for (int i = 0; i < 200 && at < last; i++, at++) {
      int word = Bytes.u16(file, at);
      if (word == RegfLayout.NK
          || word == RegfLayout.VK
          || word == RegfLayout.SK
          || word == RegfLayout.LH
          || word == RegfLayout.LF
          || word == RegfLayout.RI
          || word == RegfLayout.DB) {
        at += random.nextInt(85) - 5;
        break;
      }
    }
    return Math.clamp(at, 0, last);
  }

  private static Path kept(byte[] file, long seed) throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "fuzz"));
    return Files.write(folder.resolve(seed + ".hiv"), file);
  }
}
