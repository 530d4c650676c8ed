package dev.holdfast.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.Hive;
import dev.holdfast.registry.hive.HiveSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A hive of 200,000 keys and 1,000,000 values: what it takes of the heap, how fast it is read and
 * written, and what those who write notice of its compaction. Beside it stand maps from the whole
 * path and name to the same values, and a raw append and sync of as many bytes.
 */
final class RegistryBench {
  private static final int WARM_UP_ROUNDS = 2;
  private static final int ROUNDS = 7;
  private static final int GROUPS = 200;

  /** Of hives such as most are: ten and a hundred thousand values. */
  private static final List<Integer> GROUPS_OF_SMALLER = List.of(2, 20);

  private static final int KEYS_IN_GROUP = 1_000;
  private static final int VALUES_IN_KEY = 5;
  private static final int QUICK_KEYS_IN_GROUP = 50;

  /** A million a second are so many in a tenth of one. */
  private static final int READS = 100_000;

  private static final double READS_GOAL_MILLIS = 100;
  private static final long HEAP_GOAL_MIB = 400;
  private static final int WRITERS = 64;
  private static final int RECORD_BYTES = 200;
  private static final int WRITERS_KEYS = 1_024;

  /** A pass is told in this many, so that the goal of as many a second is a goal of one second. */
  private static final int WRITES = 20_000;

  private static final double WRITES_GOAL_MILLIS = 1_000;
  private static final double P99_GOAL_RATIO = 2;
  private static final Duration PASS = Duration.ofSeconds(2);
  private static final String FILE = "million.log";

  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final Ground ground;
  private final Path directory;
  private final byte[] data = new byte[RECORD_BYTES];

  RegistryBench(Ground ground) {
    this.ground = ground;
    this.directory = ground.directory().resolve("registry");
  }

  /** What is read: where a value is, in all ways that one is asked for. */
  private record Place(String path, KeyPath key, String name, String pathAndName) {
    Place(String path, String name) {
      this(path, KeyPath.of(path), name, path + "\\" + name);
    }
  }

  /** Some way to find a value. */
  @FunctionalInterface
  private interface Read {
    boolean finds(Place place);
  }

  private record Kind(String name, Read read, Series cpu) {
    Kind(String name, Read read) {
      this(name, read, new Series());
    }
  }

  void run(Report report) throws IOException, InterruptedException, CommitException {
    Files.createDirectories(directory);
    for (int groups : GROUPS_OF_SMALLER) {
      try (Hive smaller = Hive.create(new DirectoryStorage(directory), groups + FILE, settings())) {
        fill(smaller, groups);
        readsOfSmaller(report, smaller.snapshot(), groups);
      }
    }
    long empty = usedMib();
    try (Hive filled = Hive.create(new DirectoryStorage(directory), FILE, settings())) {
      fill(filled, GROUPS);
      filled.compact();
    }
    try (Hive hive = Hive.open(new DirectoryStorage(directory), FILE, settings())) {
      long held = usedMib() - empty;
      reads(report, hive.snapshot(), held);
      for (int i = 0; i < WRITERS; i++) {
        hive.commit(Batch.builder().createKey("Writers\\" + i).build());
      }
      writes(report, hive);
      compactions(report, hive);
    }
  }

  /** Not compacted but when it is measured. */
  private static HiveSettings settings() {
    HiveSettings usual = HiveSettings.named("million", InstantSource.system());
    return new HiveSettings(
        usual.name(), UUID::randomUUID, usual.clock(), Long.MAX_VALUE / 4, usual.roomBytes());
  }

  private int keysInGroup() {
    return ground.quick() ? QUICK_KEYS_IN_GROUP : KEYS_IN_GROUP;
  }

  private static String path(int group, int key) {
    return "Cluster\\Group %03d\\Resource %04d".formatted(group, key);
  }

  private void fill(Hive hive, int groups) throws CommitException {
    for (int group = 0; group < groups; group++) {
      Batch.Builder batch = Batch.builder();
      for (int key = 0; key < keysInGroup(); key++) {
        String path = path(group, key);
        batch.createKey(path);
        values(group, key).forEach(value -> batch.set(path, value));
      }
      hive.commit(batch.build());
    }
  }

  /** As a resource has them. */
  private static List<RegistryValue> values(int group, int key) {
    return List.of(
        RegistryValue.sz("Type", "Generic Application"),
        RegistryValue.dword("RestartDelay", key),
        RegistryValue.qword("LastOnline", 1_000_000L * group + key),
        RegistryValue.binary("Id", new byte[16]),
        RegistryValue.sz("CommandLine", "/opt/app/bin/run --number " + key));
  }

  private void reads(Report report, Snapshot snapshot, long heldMib) throws IOException {
    List<Place> places = places(GROUPS);
    long before = usedMib();
    Map<String, RegistryValue> hashed = HashMap.newHashMap(places.size());
    fill(hashed, GROUPS);
    long hashedMib = usedMib() - before;
    Map<String, RegistryValue> ordered = new TreeMap<>(NameOrder.IGNORING_CASE);
    fill(ordered, GROUPS);
    long orderedMib = usedMib() - before - hashedMib;
    var byPath = new Kind("by path", it -> snapshot.value(it.path(), it.name()).isPresent());
    var kinds =
        List.of(
            byPath,
            new Kind(
                "by a path that was parsed before",
                it -> snapshot.key(it.key()).flatMap(key -> key.value(it.name())).isPresent()),
            new Kind("peer: TreeMap, ignoring case", it -> ordered.containsKey(it.pathAndName())),
            new Kind("peer: HashMap, by exact case", it -> hashed.containsKey(it.pathAndName())));
    measure(kinds, places);
    report.table("100,000 of the values read at random by one thread, CPU");
    report.row(byPath.name(), byPath.cpu(), READS_GOAL_MILLIS);
    kinds.stream().skip(1).forEach(kind -> report.row(kind.name(), kind.cpu()));
    report.end();
    report.say(
        "%,d values: %d MiB of heap for the hive (goal: at most %d: %s), %d for the TreeMap, %d for the HashMap."
            .formatted(
                places.size(),
                heldMib,
                HEAP_GOAL_MIB,
                heldMib <= HEAP_GOAL_MIB ? "met" : "MISSED",
                orderedMib,
                hashedMib));
  }

  private void measure(List<Kind> kinds, List<Place> places) throws IOException {
    for (int round = -WARM_UP_ROUNDS; round < ground.rounds(ROUNDS); round++) {
      int start = (round + WARM_UP_ROUNDS) * READS;
      for (Kind kind : kinds) {
        CpuTime.measure(
            round >= 0 ? kind.cpu() : new Series(),
            new Series(),
            () -> readSome(kind, places, start));
      }
    }
  }

  private void readsOfSmaller(Report report, Snapshot snapshot, int groups) throws IOException {
    List<Place> places = places(groups);
    Map<String, RegistryValue> hashed = HashMap.newHashMap(places.size());
    fill(hashed, groups);
    var byPath = new Kind("by path", it -> snapshot.value(it.path(), it.name()).isPresent());
    var peer = new Kind("peer: HashMap, by exact case", it -> hashed.containsKey(it.pathAndName()));
    measure(List.of(byPath, peer), places);
    report.table(
        "100,000 reads at random by one thread, of a hive of %,d values, CPU"
            .formatted(places.size()));
    report.row(byPath.name(), byPath.cpu(), READS_GOAL_MILLIS);
    report.row(peer.name(), peer.cpu());
    report.end();
  }

  /**
   * All values, shuffled, and only then made into questions: those lie in memory in the order of
   * the reads, as what has just come from somebody is in a cache. Else a quarter of what is
   * measured, of ours and of the peers, would be the way to the question.
   */
  private List<Place> places(int groups) {
    var order = new ArrayList<Integer>();
    int keys = groups * keysInGroup();
    for (int i = 0; i < keys * VALUES_IN_KEY; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(1));
    var places = new ArrayList<Place>(order.size());
    for (int at : order) {
      int key = at / VALUES_IN_KEY;
      int group = key / keysInGroup();
      int inGroup = key % keysInGroup();
      places.add(
          new Place(path(group, inGroup), values(group, inGroup).get(at % VALUES_IN_KEY).name()));
    }
    return places;
  }

  private void fill(Map<String, RegistryValue> map, int groups) {
    for (int group = 0; group < groups; group++) {
      for (int key = 0; key < keysInGroup(); key++) {
        String path = path(group, key) + "\\";
        values(group, key).forEach(value -> map.put(path + value.name(), value));
      }
    }
  }

  /** Others in each round, so that no cache has them from the one before. */
  private static void readSome(Kind kind, List<Place> places, int start) {
    int found = 0;
    for (int i = 0; i < READS; i++) {
      found += kind.read().finds(places.get((start + i) % places.size())) ? 1 : 0;
    }
    if (found != READS) {
      throw new IllegalStateException(kind.name() + " found " + found + " of " + READS);
    }
  }

  private void writes(Report report, Hive hive) throws IOException, InterruptedException {
    try (var raw = raw("group")) {
      var groups = new RawGroups(raw, WRITERS * RECORD_BYTES);
      var ours = new Passes();
      var floor = new Passes();
      for (int round = -WARM_UP_ROUNDS; round < ground.rounds(ROUNDS); round++) {
        boolean counts = round >= 0;
        (counts ? floor : new Passes()).pass((_, _) -> groups.write(data));
        (counts ? ours : new Passes()).pass((writer, i) -> hive.commit(batch(writer, i)));
      }
      report.table("20,000 durable writes of 200 bytes by 64 writers into that hive");
      report.row("wall", ours.wall, WRITES_GOAL_MILLIS);
      report.row("CPU", ours.cpu);
      report.row("floor: raw append, fdatasync, in groups, wall", floor.wall);
      report.row("the same, CPU", floor.cpu);
      report.end();
    }
  }

  /** What many passes took, each brought to as many writes. */
  private static final class Passes {
    final Series wall = new Series();
    final Series cpu = new Series();

    void pass(Crowd.Write write) throws InterruptedException {
      var each = new Series();
      long cpuBefore = PROCESS.getProcessCpuTime();
      double rate = new Crowd(WRITERS).run(write, each, PASS);
      // Of the whole process: the writers end with their pass, and what they ran with them.
      cpu.add((PROCESS.getProcessCpuTime() - cpuBefore) * WRITES / each.count());
      wall.add((long) (WRITES * 1e9 / rate));
    }
  }

  private Batch batch(int writer, int i) {
    return Batch.builder()
        .set("Writers\\" + writer, RegistryValue.binary("Value" + i % WRITERS_KEYS, data))
        .build();
  }

  private void compactions(Report report, Hive hive) throws IOException, InterruptedException {
    var alone = new Latencies();
    var meanwhile = new Latencies();
    var compaction = new Series();
    for (int round = -WARM_UP_ROUNDS; round < ground.rounds(ROUNDS); round++) {
      var without = new Series();
      new Crowd(WRITERS).run((writer, i) -> hive.commit(batch(writer, i)), without, PASS);
      var with = new Series();
      long nanos = compactMeanwhile(hive, with);
      if (round >= 0) {
        alone.add(without);
        meanwhile.add(with);
        compaction.add(nanos);
      }
    }
    report.table("Durable writes of 64 writers while the hive is not compacted, and while it is");
    report.row("p50 of a pass, not meanwhile", alone.p50);
    report.row("p50 of a pass, meanwhile", meanwhile.p50);
    report.row("p99 of a pass, not meanwhile", alone.p99);
    report.row("p99 of a pass, meanwhile", meanwhile.p99, P99_GOAL_RATIO * alone.p99.p50Millis());
    report.row("longest of a pass, not meanwhile", alone.longest);
    report.row("longest of a pass, meanwhile", meanwhile.longest);
    report.row("compaction", compaction);
    report.end();
    report.say(
        "p99 meanwhile / not meanwhile: %.2f (goal: at most %.0f)."
            .formatted(meanwhile.p99.p50Millis() / alone.p99.p50Millis(), P99_GOAL_RATIO));
  }

  /** Of each pass the same figures. */
  private static final class Latencies {
    final Series p50 = new Series();
    final Series p99 = new Series();
    final Series longest = new Series();

    void add(Series pass) {
      p50.add(nanos(pass, 0.5));
      p99.add(nanos(pass, 0.99));
      longest.add(nanos(pass, 1));
    }

    private static long nanos(Series pass, double share) {
      return (long) (pass.percentileMillis(share) * 1e6);
    }
  }

  /** Lets them write for as long as it takes; returns how long that was. */
  private long compactMeanwhile(Hive hive, Series writes) throws IOException, InterruptedException {
    var compaction = new FutureTask<Long>(() -> timed(hive));
    Thread.ofPlatform().name("compaction").start(compaction);
    new Crowd(WRITERS)
        .run((writer, i) -> hive.commit(batch(writer, i)), writes, compaction::isDone);
    try {
      return compaction.get();
    } catch (ExecutionException e) {
      throw new IOException("The hive was not compacted.", e);
    }
  }

  private static long timed(Hive hive) throws IOException {
    long start = System.nanoTime();
    hive.compact();
    return System.nanoTime() - start;
  }

  private static long usedMib() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
  }

  private FileChannel raw(String name) throws IOException {
    return FileChannel.open(
        directory.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }
}
