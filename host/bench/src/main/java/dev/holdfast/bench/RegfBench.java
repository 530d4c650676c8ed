package dev.holdfast.bench;

import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.RegfFile;
import dev.holdfast.registry.regf.HiveFormat;
import dev.holdfast.registry.regf.HiveImage;
import dev.holdfast.registry.regf.HiveWriter;
import dev.holdfast.registry.regf.SavedKey;
import dev.holdfast.registry.regf.Strictness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * Restoring and saving a hive of 200,000 keys and 1,000,000 values, in turns with hivex, which
 * walks all of it, and with a raw write and sync of the same bytes.
 *
 * <p>The hive is made by {@code genhive.py}, which is found by {@code HOLDFAST_TEST_TOOLS};
 * Debian's {@code python3-hivex} is needed.
 */
final class RegfBench {
  private static final int WARM_UP_ROUNDS = 2;
  private static final int ROUNDS = 7;
  private static final int KEYS = 200_000;
  private static final int QUICK_KEYS = 20_000;
  private static final double RESTORE_GOAL_MILLIS = 800;
  private static final double SAVE_GOAL_MILLIS = 600;
  private static final double SAVE_GOAL_RATIO = 5;
  private static final int PIECE_BYTES = 1 << 20;
  private static final String PYTHON = "/usr/bin/python3";
  private static final String MADE = "made.hiv";
  private static final String SAVED = "saved.hiv";

  /** Walks the hive as a restore has to; prints the processor's seconds, its own start included. */
  private static final String WALK =
      """
      import resource, sys, hivex
      h = hivex.Hivex(sys.argv[1])
      stack = [h.root()]
      while stack:
          n = stack.pop()
          h.node_name(n)
          for v in h.node_values(n):
              h.value_key(v)
              h.value_value(v)
          stack.extend(h.node_children(n))
      used = resource.getrusage(resource.RUSAGE_SELF)
      print(used.ru_utime + used.ru_stime)
      """;

  private final Ground ground;
  private final Path directory;

  RegfBench(Ground ground) {
    this.ground = ground;
    this.directory = ground.directory().resolve("regf");
  }

  private record Times(Series cpu, Series wall) {
    Times() {
      this(new Series(), new Series());
    }
  }

  void run(Report report) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Path hive = make();
    var storage = new DirectoryStorage(directory);
    // What is saved is kept from the start: a tree of a moment ago is moved about by the collector,
    // and the save would be charged with it.
    SavedKey root = read(storage).root();
    var restore = new Times();
    var walk = new Series();
    var save = new Times();
    var raw = new Times();
    for (int round = -WARM_UP_ROUNDS; round < ground.rounds(ROUNDS); round++) {
      boolean counts = round >= 0;
      measure(counts ? restore : new Times(), () -> read(storage));
      (counts ? walk : new Series()).add(walkNanos(hive));
      measure(counts ? save : new Times(), () -> RegfFile.write(storage, SAVED, image(root)));
      HiveImage image = image(root);
      measure(counts ? raw : new Times(), () -> write(image));
    }
    say(report, restore, walk, save, raw);
  }

  private static SavedKey.Builder read(DirectoryStorage storage) throws IOException {
    var tree = new SavedKey.Builder();
    RegfFile.read(storage, MADE, Strictness.STRICT, tree);
    return tree;
  }

  private static HiveImage image(SavedKey root) {
    return HiveWriter.write(SavedKey.VIEW, root, HiveFormat.LATEST, 1);
  }

  private static void measure(Times times, CpuTime.Work work) throws IOException {
    CpuTime.measure(times.cpu(), times.wall(), work);
  }

  private void say(Report report, Times restore, Series walk, Times save, Times raw)
      throws IOException {
    report.table("Restore and save of a hive file, 200,000 keys and 1,000,000 values");
    report.row(
        "restore, CPU", restore.cpu(), Math.min(RESTORE_GOAL_MILLIS, Math.rint(walk.p50Millis())));
    report.row("restore, wall", restore.wall());
    report.row("peer: python3-hivex walks it, CPU", walk);
    double saveGoal = Math.min(SAVE_GOAL_MILLIS, SAVE_GOAL_RATIO * raw.cpu().p50Millis());
    report.row("save with sync, CPU", save.cpu(), Math.rint(saveGoal));
    report.row("save with sync, wall", save.wall());
    report.row("floor: raw write and fsync, CPU", raw.cpu());
    report.row("floor: raw write and fsync, wall", raw.wall());
    report.end();
    report.say(
        "CPU: restore / walk %.2f (goal: at most 1), save / raw %.2f (goal: at most %.0f); wall: save / raw %.2f."
            .formatted(
                restore.cpu().p50Millis() / walk.p50Millis(),
                save.cpu().p50Millis() / raw.cpu().p50Millis(),
                SAVE_GOAL_RATIO,
                save.wall().p50Millis() / raw.wall().p50Millis()));
  }

  private Path make() throws IOException, InterruptedException {
    String tools = System.getenv("HOLDFAST_TEST_TOOLS");
    if (tools == null) {
      throw new IOException("HOLDFAST_TEST_TOOLS does not name the folder of genhive.py.");
    }
    Path hive = directory.resolve(MADE);
    int keys = ground.quick() ? QUICK_KEYS : KEYS;
    ground.run(
        List.of(
            PYTHON,
            Path.of(tools, "genhive.py").toString(),
            hive.toString(),
            "--keys",
            Integer.toString(keys),
            "--values-per-key",
            "5",
            "--wide",
            "5000"),
        Map.of());
    return hive;
  }

  private long walkNanos(Path hive) throws IOException, InterruptedException {
    Path output = directory.resolve("walk.txt");
    int code =
        new ProcessBuilder(PYTHON, "-c", WALK, hive.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start()
            .waitFor();
    String said = Files.readString(output).strip();
    if (code != 0) {
      throw new IOException("The walk by hivex ended with " + code + ": " + said);
    }
    return (long) (Double.parseDouble(said) * 1e9);
  }

  private void write(HiveImage image) throws IOException {
    try (var channel =
        FileChannel.open(
            directory.resolve("raw"),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = image.buffer();
      for (int at = 0; at < image.sizeBytes(); at += PIECE_BYTES) {
        ByteBuffer piece = bytes.slice(at, Math.min(PIECE_BYTES, image.sizeBytes() - at));
        while (piece.hasRemaining()) {
          channel.write(piece);
        }
      }
      channel.force(true);
    }
  }
}
