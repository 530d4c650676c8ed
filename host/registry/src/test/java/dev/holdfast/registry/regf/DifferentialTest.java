package dev.holdfast.registry.regf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.RegistryValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our reading and writing beside that of programs by others: hivex, and a strict verifier of the
 * format. They find their hives and scripts by the environment: see {@link OutsideTools}.
 */
class DifferentialTest {
  /** Zeros in a value's data: only a digest beside the file could tell. */
  private static final String CANNOT_BE_SEEN = "36-";

  /** Bytes after the last bin, which Windows leaves itself. */
  private static final String LEGAL = "37-";

  /** The time of each key as hivex reads it, which the common script does not print. */
  private static final String TIMES =
      """
      import sys, hivex
      h = hivex.Hivex(sys.argv[1])
      stack = [h.root()]
      times = []
      while stack:
          n = stack.pop()
          times.append(h.node_timestamp(n))
          stack.extend(h.node_children(n))
      print('\\n'.join(str(t) for t in sorted(times)))
      """;

  /**
   * Class and descriptor of each key, which hivex does not tell in Python: by the offsets alone,
   * with nothing checked.
   */
  private static final String CLASSES_AND_DESCRIPTORS =
      """
      import struct, sys
      d = open(sys.argv[1], 'rb').read()
      u2 = lambda o: struct.unpack_from('<H', d, o)[0]
      u4 = lambda o: struct.unpack_from('<I', d, o)[0]
      at = lambda reference: u4(reference) + 4100
      def subkeys(l):
          sig, n = d[l:l+2], u2(l + 2)
          if sig == b'ri':
              return [k for i in range(n) for k in subkeys(at(l + 4 + 4 * i))]
          return [at(l + 4 + (4 if sig == b'li' else 8) * i) for i in range(n)]
      stack, rows = [at(36)], []
      while stack:
          k = stack.pop()
          cls = d[at(k + 48):at(k + 48) + u2(k + 74)] if u2(k + 74) else b''
          s = at(k + 44)
          rows.append(cls.hex() + ' ' + d[s + 20:s + 20 + u4(s + 16)].hex())
          if u4(k + 20):
              stack.extend(subkeys(at(k + 28)))
      print('\\n'.join(sorted(rows)))
      """;

  private static final int SPOILT_HIVES = 1_500;

  @TempDir Path folder;

  /** The first reading that accepts a file, as a person would try. */
  private record Reading(Strictness strictness, SavedKey root, HiveReport report) {}

  private static Reading reading(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (Strictness strictness : Strictness.values()) {
      var builder = new SavedKey.Builder();
      try {
        HiveReport report = HiveReader.read(file.toString(), bytes, strictness, builder);
        return new Reading(strictness, builder.root(), report);
      } catch (HiveFormatException e) {
        if (strictness == Strictness.SALVAGE) {
          throw e;
        }
      }
    }
    throw new AssertionError("there is a last strictness");
  }

  @Test
  void validHives_areReadAsHivexReadsThem() throws Exception {
    OutsideTools.needHivexModule();
    List<Path> hives = OutsideTools.hives("valid");
    assertThat(hives).isNotEmpty();
    for (Path hive : hives) {
      Reading reading = reading(hive);

      assertSame(dump(reading.root()), hivexDump(hive), hive.toString());
      assertThat(times(reading.root())).as("times of %s", hive).isEqualTo(hivexTimes(hive));
      assertSame(facts(reading.root()), scannedFacts(hive), "classes and descriptors of " + hive);
    }
  }

  @Test
  void validHives_comeBackFromOurOwnFilesWithAllThatTheyHold() throws Exception {
    OutsideTools.needHivexModule();
    for (Path hive : OutsideTools.hives("valid")) {
      SavedKey root = reading(hive).root();
      for (HiveFormat format : HiveFormat.values()) {
        byte[] ours = HiveFiles.write(root, format);

        assertThat(HiveFiles.read(ours, Strictness.STRICT)).as("%s", hive).isEqualTo(root);
        assertThat(HiveFiles.write(HiveFiles.read(ours, Strictness.STRICT), format))
            .as("second save of %s", hive)
            .isEqualTo(ours);
        acceptedByAll(Files.write(folder.resolve("ours.hiv"), ours), root);
      }
    }
  }

  @Test
  void damagedHives_areRefused() throws Exception {
    List<Path> hives = OutsideTools.hives("corrupt");
    assertThat(hives).isNotEmpty();
    for (Path hive : hives) {
      byte[] bytes = Files.readAllBytes(hive);
      String name = hive.getFileName().toString();
      for (Strictness strictness : List.of(Strictness.STRICT, Strictness.LENIENT)) {
        if (name.startsWith(CANNOT_BE_SEEN)) {
          assertThat(HiveFiles.report(bytes, strictness).warnings()).isEmpty();
        } else if (name.startsWith(LEGAL)) {
          assertThat(HiveFiles.report(bytes, strictness).warnings())
              .extracting(HiveWarning::oddity)
              .containsExactly(Oddity.TAIL_AFTER_BINS);
        } else {
          assertThat(refusal(bytes, strictness)).as("%s, %s", name, strictness).contains("field ");
        }
      }
    }
  }

  @Test
  void ourRandomHives_areAcceptedByAllAndReadAsTheyAre() throws Exception {
    OutsideTools.needHivexModule();
    for (long seed = 1; seed <= 6; seed++) {
      SavedKey root = RandomTrees.tame(seed, 700);
      for (HiveFormat format : HiveFormat.values()) {
        Path file = Files.write(folder.resolve("random.hiv"), HiveFiles.write(root, format));
        acceptedByAll(file, root);
      }
    }
  }

  @Test
  void ourWildHives_areAcceptedByTheVerifier() throws Exception {
    String verifier = OutsideTools.script("regfck.py");
    for (long seed = 21; seed <= 24; seed++) {
      // Its own table of capitals is Python's, which differs in letters that our table leaves; so
      // it may only find fault with the order and the hashes of such names.
      byte[] file = HiveFiles.write(RandomTrees.wild(seed, 700), HiveFormat.LATEST);
      Path path = Files.write(folder.resolve("wild.hiv"), file);

      OutsideTools.Run run = OutsideTools.run(OutsideTools.PYTHON, verifier, path.toString());

      Set<String> errors = new TreeSet<>();
      for (String word : run.out().split("\\s+", -1)) {
        if (word.startsWith("E:")) {
          errors.add(word.replaceAll("=.*", ""));
        }
      }
      assertThat(errors).as("seed %d: %s", seed, run.out()).isSubsetOf("E:order", "E:lh-hash");
    }
  }

  /** Whatever the verifier has against a file, we have something against it as well. */
  @Test
  void spoiltHives_areRefusedWhereTheVerifierRefusesThem() throws Exception {
    var command = new ArrayList<>(List.of(OutsideTools.PYTHON, OutsideTools.script("regfck.py")));
    var ours = new ArrayList<String>();
    for (long seed = 1; seed <= SPOILT_HIVES; seed++) {
      var random = new Random(seed);
      HiveFormat format = seed % 2 == 0 ? HiveFormat.STANDARD : HiveFormat.LATEST;
      byte[] good = HiveFiles.write(RandomTrees.tame(seed % 5, 60), format);
      byte[] file = HiveMutation.mutant(good, good, random);
      command.add(Files.write(folder.resolve(seed + ".hiv"), file).toString());
      ours.add(refusal(file, Strictness.STRICT));
    }

    List<String> theirs = OutsideTools.run(command.toArray(String[]::new)).out().lines().toList();

    assertThat(theirs).hasSize(SPOILT_HIVES);
    long refused = 0;
    long stricter = 0;
    for (int i = 0; i < SPOILT_HIVES; i++) {
      if (theirs.get(i).startsWith("BAD")) {
        assertThat(ours.get(i)).as(theirs.get(i)).startsWith("hive not read");
        refused++;
      } else if (ours.get(i).startsWith("hive not read")) {
        stricter++;
      }
    }
    assertThat(refused).as("refused by the verifier").isGreaterThan(SPOILT_HIVES / 10);
    // A name of an odd number of bytes in UTF-16, and the like; not a difference of opinion.
    assertThat(stricter).as("refused by us alone").isLessThan(SPOILT_HIVES / 100);
  }

  private static void acceptedByAll(Path file, SavedKey root) throws Exception {
    String path = file.toString();
    OutsideTools.Run verified =
        OutsideTools.run(OutsideTools.PYTHON, OutsideTools.script("regfck.py"), path);
    assertThat(verified.code()).as(verified.out()).isZero();
    assertThat(verified.out()).startsWith("OK").doesNotContain("W:");
    OutsideTools.Run xml = OutsideTools.run(OutsideTools.program("hivexml"), path);
    assertThat(xml.code()).as(xml.err()).isZero();
    OutsideTools.Run text =
        OutsideTools.run(OutsideTools.program("hivexregedit"), "--export", path, "\\");
    assertThat(text.code()).as(text.err()).isZero();
    assertSame(dump(root), hivexDump(file), path);
    assertThat(hivexTimes(file)).isEqualTo(times(root));
    assertSame(facts(root), scannedFacts(file), "classes and descriptors");
  }

  /** The lines that differ, and not two dumps of thousands. */
  private static void assertSame(List<String> ours, List<String> hivex, String what) {
    var onlyOurs = new LinkedHashSet<>(ours);
    hivex.forEach(onlyOurs::remove);
    var onlyHivex = new LinkedHashSet<>(hivex);
    ours.forEach(onlyHivex::remove);

    assertThat(onlyOurs).as("%s: not so for hivex", what).isEmpty();
    assertThat(onlyHivex).as("%s: so for hivex alone", what).isEmpty();
    assertThat(ours).as("%s: how many", what).hasSameSizeAs(hivex);
  }

  /** For the documentation: which program says what of which file. */
  @Test
  @Tag("long")
  void table() throws Exception {
    OutsideTools.needHivexModule();
    var table =
        new StringBuilder("\n| file | ours | regfck | hivexml | hivexregedit | hivex = ours |\n");
    table.append("| --- | --- | --- | --- | --- | --- |\n");
    for (String kind : List.of("valid", "corrupt")) {
      for (Path hive : OutsideTools.hives(kind)) {
        table.append(row(kind + "/" + hive.getFileName(), hive));
      }
    }
    SavedKey random = RandomTrees.tame(1, 700);
    for (HiveFormat format : HiveFormat.values()) {
      Path file = Files.write(folder.resolve("t.hiv"), HiveFiles.write(random, format));
      table.append(row("ours, " + format.name(), file));
    }
    Files.writeString(Path.of("target", "regf-verdicts.md"), table);
    assertThat(table).contains("| valid/").contains("| corrupt/");
  }

  private static String row(String name, Path hive) throws Exception {
    String path = hive.toString();
    int verified =
        OutsideTools.run(OutsideTools.PYTHON, OutsideTools.script("regfck.py"), path).code();
    int xml = OutsideTools.run(OutsideTools.program("hivexml"), path).code();
    String hivexregedit = OutsideTools.program("hivexregedit");
    // One of the files it would read for ever.
    int text = OutsideTools.runAtMost(5, hivexregedit, "--export", path, "\\").code();
    String ours = "";
    String equal = "";
    try {
      HiveFiles.report(Files.readAllBytes(hive), Strictness.STRICT);
      ours = "read";
    } catch (HiveFormatException e) {
      ours = "refused: " + e.field();
    }
    try {
      Reading reading = reading(hive);
      if (reading.strictness() != Strictness.STRICT) {
        ours += "; read when " + reading.strictness();
      }
      for (HiveWarning warning : reading.report().warnings()) {
        ours += ", " + warning.oddity();
      }
      equal =
          hivexRun(hive).code() != 0
              ? "hivex fails"
              : dump(reading.root()).equals(hivexDump(hive)) ? "yes" : "NO";
    } catch (HiveFormatException e) {
      assertThat(ours).as("nothing reads %s", hive).startsWith("refused");
    }
    return "| %s | %s | %s | %s | %s | %s |\n"
        .formatted(name, ours, verdict(verified), verdict(xml), verdict(text), equal);
  }

  private static String verdict(int code) {
    return code == 0 ? "accepts" : code == OutsideTools.ENDLESS ? "does not end" : "refuses";
  }

  private static String refusal(byte[] bytes, Strictness strictness) {
    try {
      return "read: " + HiveFiles.report(bytes, strictness);
    } catch (HiveFormatException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static OutsideTools.Run hivexRun(Path hive) throws Exception {
    return OutsideTools.run(
        OutsideTools.PYTHON, OutsideTools.script("hivedump.py"), hive.toString());
  }

  private static List<String> hivexDump(Path hive) throws Exception {
    OutsideTools.Run run = hivexRun(hive);
    assertThat(run.code()).as(run.err()).isZero();
    // Sorted by ours, since Python compares characters and Java UTF-16 units.
    var lines = new ArrayList<>(run.out().lines().toList());
    Collections.sort(lines);
    return lines;
  }

  private static List<Long> hivexTimes(Path hive) throws Exception {
    OutsideTools.Run run = OutsideTools.run(OutsideTools.PYTHON, "-c", TIMES, hive.toString());
    assertThat(run.code()).as(run.err()).isZero();
    return run.out().lines().map(Long::valueOf).toList();
  }

  private static List<String> scannedFacts(Path hive) throws Exception {
    OutsideTools.Run run =
        OutsideTools.run(OutsideTools.PYTHON, "-c", CLASSES_AND_DESCRIPTORS, hive.toString());
    assertThat(run.code()).as(run.err()).isZero();
    return run.out().lines().toList();
  }

  private static List<String> facts(SavedKey root) {
    var facts = new ArrayList<String>();
    addFacts(root, facts);
    Collections.sort(facts);
    return facts;
  }

  private static void addFacts(SavedKey key, List<String> facts) {
    String className = key.info().className();
    var bytes = new byte[2 * className.length()];
    Names.put(className, false, bytes, 0);
    DescriptorBytes security = Objects.requireNonNull(key.info().security());
    HexFormat hex = HexFormat.of();
    facts.add(hex.formatHex(bytes) + " " + hex.formatHex(security.bytes()));
    for (SavedKey subkey : key.subkeys()) {
      addFacts(subkey, facts);
    }
  }

  private static List<Long> times(SavedKey root) {
    var times = new ArrayList<Long>();
    addTimes(root, times);
    Collections.sort(times);
    return times;
  }

  private static void addTimes(SavedKey key, List<Long> times) {
    times.add(key.info().lastWrittenFiletime());
    for (SavedKey subkey : key.subkeys()) {
      addTimes(subkey, times);
    }
  }

  /** A tree in the form of hivedump.py: path, name, type and data, with tabs between them. */
  private static List<String> dump(SavedKey root) {
    var lines = new ArrayList<String>();
    dump(root, "", lines);
    Collections.sort(lines);
    return lines;
  }

  private static void dump(SavedKey key, String path, List<String> lines) {
    lines.add(escaped(path) + "\t\t\t");
    for (RegistryValue value : key.values()) {
      lines.add(
          "%s\t%s\t%s\t%s"
              .formatted(
                  escaped(path),
                  escaped(value.name()),
                  Integer.toUnsignedString(value.type()),
                  HexFormat.of().formatHex(value.bytes())));
    }
    for (SavedKey subkey : key.subkeys()) {
      dump(subkey, path + "\\" + subkey.name(), lines);
    }
  }

  private static String escaped(String text) {
    return text.replace("%", "%25").replace("\t", "%09").replace("\n", "%0A").replace("\r", "%0D");
  }
}
