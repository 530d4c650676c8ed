package dev.holdfast.bench;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.Hive;
import dev.holdfast.registry.hive.HiveSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a durable batch of 200 bytes costs, for one writer and for many, beside the floor: writing
 * 200 bytes and syncing them, interleaved with ours round by round.
 */
final class HiveBench {
  private static final int RECORD_BYTES = 200;
  private static final int COMMITS_A_ROUND = 400;
  private static final int ROUNDS = 20;
  private static final int WARM_UP_ROUNDS = 5;
  private static final int WRITERS = 128;
  private static final int PASSES = 3;
  private static final Duration PASS = Duration.ofSeconds(8);
  private static final Duration QUICK_PASS = Duration.ofSeconds(1);
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final double GOAL_RATIO = 2;
  private static final double GOAL_RATE = 50_000;
  private static final int KEYS = 1_024;
  private static final String KEY = "Resources\\8f14e45f-ceea-467f-ab12-7ddd4d0e9a5f\\Instance";

  private final Ground ground;
  private final Path directory;
  private final byte[] data = new byte[RECORD_BYTES];

  HiveBench(Ground ground) {
    this.ground = ground;
    this.directory = ground.directory().resolve("hive");
  }

  private record Kind(String name, Crowd.Write write, Series series) {
    Kind(String name, Crowd.Write write) {
      this(name, write, new Series());
    }
  }

  void run(Report report) throws IOException, InterruptedException, CommitException {
    Files.createDirectories(directory);
    oneWriter(report);
    manyWriters(report);
  }

  private void oneWriter(Report report) throws IOException, CommitException {
    try (var appended = raw("appended");
        var synced = raw("synced");
        var overwritten = raw("overwritten");
        var hive = hive("one")) {
      overwritten.write(ByteBuffer.allocate(16 << 20));
      overwritten.force(true);
      overwritten.position(0);
      var commit = new Kind("hive commit()", (_, i) -> hive.commit(batch(KEY, i)));
      var floor = new Kind("floor: raw append, fdatasync", (_, _) -> write(appended, false));
      var kinds =
          List.of(
              commit,
              new Kind("hive submit().join()", (_, i) -> hive.submit(batch(KEY, i)).join()),
              floor,
              new Kind("raw append, fsync", (_, _) -> write(synced, true)),
              new Kind("raw overwrite, fdatasync", (_, _) -> write(overwritten, false)));
      for (int round = -WARM_UP_ROUNDS; round < ground.rounds(ROUNDS); round++) {
        for (Kind kind : kinds) {
          long[] nanos = times(kind.write());
          if (round >= 0) {
            kind.series().addAll(nanos);
          }
        }
      }
      report.table("Durable batch of 200 bytes, one writer");
      report.row(commit.name(), commit.series(), GOAL_RATIO * floor.series().p50Millis());
      kinds.stream()
          .filter(kind -> !kind.equals(commit))
          .forEach(kind -> report.row(kind.name(), kind.series()));
      report.end();
      report.say(
          "commit() / raw append, fdatasync: %.2f at p50 (goal: at most %.0f)."
              .formatted(commit.series().p50Millis() / floor.series().p50Millis(), GOAL_RATIO));
    }
  }

  private static long[] times(Crowd.Write write) throws IOException, CommitException {
    var nanos = new long[COMMITS_A_ROUND];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      write.run(0, i);
      nanos[i] = System.nanoTime() - start;
    }
    return nanos;
  }

  private void write(FileChannel file, boolean metadata) throws IOException {
    file.write(ByteBuffer.wrap(data));
    file.force(metadata);
  }

  private void manyWriters(Report report)
      throws IOException, InterruptedException, CommitException {
    try (var raw = raw("group");
        var hive = hive("many")) {
      for (int i = 0; i < WRITERS; i++) {
        hive.commit(Batch.builder().createKey("Writers\\" + i).build());
      }
      var groups = new RawGroups(raw, WRITERS * RECORD_BYTES);
      var commit = new Kind("hive commit()", (w, i) -> hive.commit(batch("Writers\\" + w, i)));
      var floor = new Kind("floor: raw, in groups", (_, _) -> groups.write(data));
      var crowd = new Crowd(WRITERS);
      var said = new ArrayList<String>();
      for (Kind kind : List.of(floor, commit)) {
        crowd.run(kind.write(), new Series(), ground.quick() ? QUICK_PASS : WARM_UP);
      }
      Duration duration = ground.quick() ? QUICK_PASS : PASS;
      for (int pass = 0; pass < PASSES; pass++) {
        double rawRate = crowd.run(floor.write(), floor.series(), duration);
        long before = hive.status().groups();
        long counted = commit.series().count();
        double rate = crowd.run(commit.write(), commit.series(), duration);
        double inGroup =
            (double) (commit.series().count() - counted) / (hive.status().groups() - before);
        said.add(
            String.format(
                Locale.ROOT,
                "Pass %d: %,.0f commits a second (goal: at least %,.0f: %s), %.1f in a group;"
                    + " raw, in groups: %,.0f.",
                pass + 1,
                rate,
                GOAL_RATE,
                rate >= GOAL_RATE ? "met" : "MISSED",
                inGroup,
                rawRate));
      }
      report.table("Durable batch of 200 bytes, 128 writers");
      report.row(commit.name(), commit.series());
      report.row(floor.name(), floor.series());
      report.end();
      said.forEach(report::say);
    }
  }

  private Batch batch(String key, int i) {
    return Batch.builder().set(key, RegistryValue.binary("Value" + i % KEYS, data)).build();
  }

  private Hive hive(String name) throws IOException, CommitException {
    var hive =
        Hive.create(
            new DirectoryStorage(directory),
            name + ".log",
            HiveSettings.named(name, InstantSource.fixed(Instant.EPOCH)));
    hive.commit(Batch.builder().createKey(KEY).build());
    return hive;
  }

  private FileChannel raw(String name) throws IOException {
    return FileChannel.open(
        directory.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }
}
