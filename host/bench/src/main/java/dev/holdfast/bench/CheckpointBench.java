package dev.holdfast.bench;

import dev.holdfast.checkpoint.Capture;
import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointListeners;
import dev.holdfast.checkpoint.CheckpointSettings;
import dev.holdfast.checkpoint.CheckpointStore;
import dev.holdfast.checkpoint.Checkpoints;
import dev.holdfast.checkpoint.DriftPolicy;
import dev.holdfast.checkpoint.RestorePolicy;
import dev.holdfast.checkpoint.Source;
import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.checkpoint.file.FileTree;
import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.quorum.Holder;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.RegistryHandleView;
import dev.holdfast.service.registry.HomeOwner;
import dev.holdfast.service.registry.LoadedHives;
import dev.holdfast.service.registry.LocalHives;
import dev.holdfast.service.registry.MountedHive;
import dev.holdfast.service.registry.Registry;
import dev.holdfast.service.registry.RegistryListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * Checkpoints: from a change of a key until the generation that has it is durable, beside a raw
 * write of as many bytes to a temporary file, sync and rename; a restore; and a file tree beside
 * {@code tar}.
 */
final class CheckpointBench {
  private static final int WARM_UP_ROUNDS = 20;
  private static final int ROUNDS = 200;
  private static final int TREE_WARM_UP_ROUNDS = 2;
  private static final int TREE_ROUNDS = 15;
  private static final int KEYS = 100;
  private static final int VALUES_OF_A_KEY = 4;
  private static final int VALUE_BYTES = 160;
  private static final int FILES = 1_000;
  private static final int FILE_BYTES = 10 << 10;
  private static final double SAVE_GOAL_ON_TOP_MILLIS = 2;
  private static final double RESTORE_GOAL_MILLIS = 1;
  private static final double ADDED_GOAL_MILLIS = 0.2;
  private static final int TIMES = 1_000;
  private static final long LOOK_NANOS = 20_000;
  private static final double TREE_GOAL_TIMES = 3;
  private static final String WEB = "8c5f0d5e-0000-4000-8000-000000000001";
  private static final String OTHER = "8c5f0d5e-0000-4000-8000-000000000002";
  private static final String KEY = "Bench";

  private final Ground ground;
  private final Path directory;
  private final Random random = new Random(1);

  CheckpointBench(Ground ground) {
    this.ground = ground;
    this.directory = ground.directory().resolve("checkpoint");
  }

  void run(Report report)
      throws IOException, InterruptedException, CommitException, SourceException {
    Files.createDirectories(directory.resolve("hives"));
    try (var log =
            DirectoryQuorumLog.tryOpen(
                directory.resolve("quorum"),
                Holder.thisProcess("bench", Instant.EPOCH),
                InstantSource.system());
        var hives =
            LocalHives.open(
                directory.resolve("hives"), InstantSource.system(), UnaryOperator.identity());
        var loaded =
            LoadedHives.open(
                directory.resolve("loaded"), InstantSource.system(), UnaryOperator.identity());
        var registry =
            new Registry(
                hives.mounted(),
                loaded,
                new HomeOwner(0, 0),
                _ -> Optional.empty(),
                new NobodyListens(),
                InstantSource.system());
        var checkpoints =
            new Checkpoints(
                CheckpointStore.open(log, log.blobs(UnaryOperator.identity())),
                subject -> registry.source(subject.path()),
                new CheckpointListeners(List.of()),
                "bench",
                InstantSource.system(),
                directory)) {
      log.commit(
          Batch.builder().createKey("Resources\\" + WEB).createKey("Resources\\" + OTHER).build());
      fill(hives.mounted().getFirst());
      saves(report, hives.mounted().getFirst(), checkpoints);
      restores(report, hives.mounted().getFirst(), registry, checkpoints);
    }
    trees(report);
  }

  private static final class NobodyListens implements RegistryListener {
    @Override
    public void denied(Caller caller, String key, String resolvedKey, String reason) {}

    @Override
    public void closed(Caller caller, RegistryHandleView handle) {}
  }

  // ---- a registry key --------------------------------------------------------------------------

  private void fill(MountedHive hive) {
    Batch.Builder batch = Batch.builder();
    for (int key = 0; key < KEYS; key++) {
      String path = "%s\\Key %03d".formatted(KEY, key);
      batch.createKey(path);
      for (int value = 0; value < VALUES_OF_A_KEY; value++) {
        batch.set(path, RegistryValue.binary("Value " + value, bytes(VALUE_BYTES)));
      }
    }
    commit(hive, batch.build());
  }

  private static void commit(MountedHive hive, Batch batch) {
    var _ = hive.submitting().submit(batch, Optional.empty()).join();
  }

  private void change(MountedHive hive) {
    commit(
        hive,
        Batch.builder()
            .set(KEY + "\\Key 050", RegistryValue.binary("Value 0", bytes(VALUE_BYTES)))
            .build());
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private void saves(Report report, MountedHive hive, Checkpoints checkpoints)
      throws IOException, SourceException {
    var settings =
        new CheckpointSettings(
            RestorePolicy.CONTINUE,
            DriftPolicy.RESTORE,
            10,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO);
    Checkpoint checkpoint =
        checkpoints.add(WEB, Subject.parse("registry:Software\\" + KEY, List.of()), settings, true);
    byte[] same = bytes((int) checkpoint.currentGeneration().sizeBytes());
    var ours = new Series();
    var floor = new Series();
    for (int round = -WARM_UP_ROUNDS; round < ground.rounds(ROUNDS); round++) {
      long raw = raw(same);
      long before = checkpoints.store().find(checkpoint.id()).orElseThrow().current();
      change(hive);
      long start = System.nanoTime();
      while (checkpoints.store().find(checkpoint.id()).orElseThrow().current() == before) {
        // Not all the time: who looks without a pause takes one core of two.
        LockSupport.parkNanos(LOOK_NANOS);
      }
      long took = System.nanoTime() - start;
      if (round >= 0) {
        ours.add(took);
        floor.add(raw);
      }
    }
    report.table(
        "a checkpoint of %d keys, a blob of %,d bytes: from a change to the durable generation"
            .formatted(KEYS, same.length));
    report.row(
        "saved by itself, without a quiet time", ours, floor.p50Millis() + SAVE_GOAL_ON_TOP_MILLIS);
    report.row("floor: raw temporary file, fsync, rename, fsync of the directory", floor);
    report.end();
  }

  private long raw(byte[] bytes) throws IOException {
    Path temporary = directory.resolve("raw.new");
    long start = System.nanoTime();
    try (var file =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(bytes));
      file.force(true);
    }
    Files.move(temporary, directory.resolve("raw"), StandardCopyOption.ATOMIC_MOVE);
    try (var itself = FileChannel.open(directory, StandardOpenOption.READ)) {
      itself.force(true);
    }
    return System.nanoTime() - start;
  }

  private void restores(Report report, MountedHive hive, Registry registry, Checkpoints checkpoints)
      throws IOException, SourceException {
    checkpoints.gone(WEB).join();
    Checkpoint saved = checkpoints.store().of(WEB).getFirst();
    Path blob = checkpoints.store().blobs().file(saved.currentGeneration().digest());
    Source source = registry.source("Software\\" + KEY);
    var ours = new Series();
    var commits = new Series();
    for (int round = -WARM_UP_ROUNDS; round < ground.rounds(ROUNDS); round++) {
      long changing = System.nanoTime();
      change(hive);
      long start = System.nanoTime();
      var _ = source.restore(blob, false);
      long took = System.nanoTime() - start;
      if (round >= 0) {
        ours.add(took);
        commits.add(start - changing);
      }
    }
    report.table("the same, restored: read, checked, compared, replaced by one durable commit");
    report.row("restore", ours, RESTORE_GOAL_MILLIS);
    report.row("floor: a commit of one value to that hive", commits);
    withoutCheckpoints(report, checkpoints);
    report.end();
  }

  // ---- a resource without checkpoints -----------------------------------------------------------

  /** What every online and offline asks of the layer; a thousand times, as once is too short. */
  private void withoutCheckpoints(Report report, Checkpoints checkpoints) {
    var ours = new Series();
    for (int round = -WARM_UP_ROUNDS; round < ground.rounds(ROUNDS); round++) {
      long start = System.nanoTime();
      for (int time = 0; time < TIMES; time++) {
        var _ = checkpoints.beforeOnline(OTHER).join();
        checkpoints.running(OTHER);
        checkpoints.gone(OTHER).join();
      }
      if (round >= 0) {
        ours.add((System.nanoTime() - start) / TIMES);
      }
    }
    report.row("online and offline of a resource without any", ours, ADDED_GOAL_MILLIS);
  }

  // ---- a file tree -----------------------------------------------------------------------------

  private void trees(Report report) throws IOException, InterruptedException, SourceException {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    for (int file = 0; file < FILES; file++) {
      Path folder = Files.createDirectories(tree.resolve("folder %02d".formatted(file % 50)));
      Files.write(folder.resolve("file %04d".formatted(file)), bytes(FILE_BYTES));
    }
    Path temporary = Files.createDirectories(directory.resolve("temporary"));
    Path saved = directory.resolve("saved.tar");
    var source = new FileTree(tree, List.of(), temporary);
    var save = new Series();
    var tar = new Series();
    var restore = new Series();
    var untar = new Series();
    for (int round = -TREE_WARM_UP_ROUNDS; round < ground.rounds(TREE_ROUNDS); round++) {
      long saving = save(source, saved);
      long tarring = sh("tar cf peer.tar -C tree . && sync peer.tar");
      Files.writeString(tree.resolve("folder 00").resolve("file 0000"), "changed " + round);
      long start = System.nanoTime();
      var _ = source.restore(saved, false);
      long restoring = System.nanoTime() - start;
      long untarring = sh("rm -rf peer && mkdir peer && tar xf peer.tar -C peer && sync -f peer");
      if (round >= 0) {
        save.add(saving);
        tar.add(tarring);
        restore.add(restoring);
        untar.add(untarring);
      }
    }
    report.table("a tree of 1,000 files, 10 MiB");
    report.row("save, with fsync", save, TREE_GOAL_TIMES * tar.p50Millis());
    report.row("peer: tar, sync of the file", tar);
    report.row(
        "restore of one that differs, durable", restore, TREE_GOAL_TIMES * untar.p50Millis());
    report.row("peer: rm, untar, sync of the file system", untar);
    report.end();
  }

  private static long save(Source source, Path file) throws IOException, SourceException {
    long start = System.nanoTime();
    try (Capture capture = source.capture();
        var channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      capture.writeTo(Channels.newOutputStream(channel));
      channel.force(true);
    }
    return System.nanoTime() - start;
  }

  private long sh(String line) throws IOException, InterruptedException {
    return ground.run(List.of("sh", "-c", "cd '%s' && %s".formatted(directory, line)), Map.of());
  }
}
