package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.Commit;
import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.Effect;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NotifyFilter;
import dev.holdfast.registry.Origin;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watcher;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a commit carries beside its batch: time, origin, effects; and what the log keeps of it. */
class HiveCommitsTest {
  private static final String FILE = "h.log";
  private static final Origin CHECKPOINT = new Origin("checkpoint");
  private static final DescriptorBytes DESCRIPTOR = DescriptorBytes.of(new byte[20]);
  private static final RegistryValue VALUE = RegistryValue.sz("v", "text");

  private final SimulatedDisk disk = new SimulatedDisk();
  private Instant now = Instant.parse("2026-11-29T22:00:00Z");
  private final InstantSource clock = () -> now;
  private final HiveSettings settings =
      new HiveSettings("commits", () -> new UUID(1, 2), clock, Long.MAX_VALUE / 4, 1_000);

  @Test
  void timesAreOfTheHivesClock_andKeptInTheLogAndInTheTree() throws Exception {
    Filetime first = Filetime.of(now);
    try (Hive hive = Hive.create(disk, FILE, settings)) {
      hive.commit(Batch.builder().createKey("a\\b").build());
      now = now.plusSeconds(1);
      hive.commit(Batch.builder().set("a", VALUE).build());
      assertTimes(hive, Filetime.of(now), first);
    }
    Filetime second = Filetime.of(now);
    now = now.minusSeconds(1_000);
    try (Hive hive = Hive.open(disk, FILE, settings)) {
      assertTimes(hive, second, first);
      hive.compact();
      hive.commit(Batch.builder().createKey("late").build());
    }
    try (Hive hive = Hive.open(disk, FILE, settings)) {
      assertTimes(hive, second, first);
      assertThat(key(hive, "late").lastWritten()).as("a clock may go back").isLessThan(first);
    }
  }

  private static void assertTimes(Hive hive, Filetime ofA, Filetime ofB) {
    assertThat(key(hive, "a").lastWritten()).isEqualTo(ofA);
    assertThat(key(hive, "a\\b").lastWritten()).isEqualTo(ofB);
  }

  @Test
  void classDescriptorAndLink_areKeptInTheLogAndInTheTree() throws Exception {
    KeyOptions options = KeyOptions.PLAIN.withClassName("Клаcс").withSecurity(DESCRIPTOR).asLink();
    try (Hive hive = Hive.create(disk, FILE, settings)) {
      hive.commit(
          Batch.builder()
              .createKey("a\\b", options)
              .createKey("c")
              .setSecurity("c", DESCRIPTOR)
              .build());
    }
    for (int i = 0; i < 2; i++) {
      try (Hive hive = Hive.open(disk, FILE, settings)) {
        assertThat(key(hive, "a").options()).isEqualTo(KeyOptions.PLAIN);
        assertThat(key(hive, "a\\b").options()).isEqualTo(options);
        assertThat(key(hive, "c").security()).contains(DESCRIPTOR);
        hive.compact();
      }
    }
  }

  @Test
  void volatileKeys_areShownAndToldButNotKept() throws Exception {
    var watcher = new Recorder();
    try (Hive hive = Hive.create(disk, FILE, settings)) {
      hive.watch(Revision.ZERO, Runnable::run, watcher);
      hive.commit(Batch.builder().createKey("a").build());
      long before = hive.status().logBytes();
      hive.commit(Batch.builder().createKey("a\\v", KeyOptions.VOLATILE).build());
      hive.commit(Batch.builder().set("a\\v", VALUE).set("a", VALUE).build());
      hive.commit(Batch.builder().set("a\\v", RegistryValue.sz("w", "x".repeat(9_000))).build());

      assertThat(hive.snapshot().value("a\\v", "v")).contains(VALUE);
      assertThat(watcher.commits).hasSize(4);
      assertThat(watcher.commits.get(3).effects())
          .containsExactly(new Effect.Changed(KeyPath.of("a\\v"), NotifyFilter.LAST_SET));
      assertThat(hive.status().logBytes()).isLessThan(before + 300);
      hive.compact();
      assertThat(hive.snapshot().key("a\\v")).as("compaction takes nothing away").isPresent();
      hive.commit(Batch.builder().set("a\\v", VALUE).build());
    }

    try (Hive hive = Hive.open(disk, FILE, settings)) {
      assertThat(hive.snapshot().revision().number()).isEqualTo(5);
      assertThat(hive.snapshot().value("a", "v")).contains(VALUE);
      assertThat(hive.snapshot().key("a\\v")).isEmpty();
      hive.commit(Batch.builder().createKey("a\\v").build());
    }
    try (Hive hive = Hive.open(disk, FILE, settings)) {
      assertThat(hive.snapshot().key("a\\v")).as("no longer a volatile one").isPresent();
    }
  }

  @Test
  void watchersHearOfTimeOriginAndEffects() throws Exception {
    var watcher = new Recorder();
    Batch batch = Batch.builder().createKey("a").set("a", VALUE).build();
    try (Hive hive = Hive.create(disk, FILE, settings)) {
      hive.watch(Revision.ZERO, Runnable::run, watcher);

      hive.commit(batch, CHECKPOINT);
      hive.submit(Batch.builder().setSecurity("a", DESCRIPTOR).build(), CHECKPOINT).join();
      hive.commit(batch);
    }

    List<Effect> effects =
        List.of(
            new Effect.Changed(KeyPath.ROOT, NotifyFilter.NAME),
            new Effect.Changed(KeyPath.of("a"), NotifyFilter.LAST_SET));
    assertThat(watcher.commits.get(0))
        .isEqualTo(
            new Commit(new Revision(1), batch, Filetime.of(now), Optional.of(CHECKPOINT), effects));
    assertThat(watcher.commits.get(1).origin()).contains(CHECKPOINT);
    assertThat(watcher.commits.get(1).effects())
        .containsExactly(new Effect.Changed(KeyPath.of("a"), NotifyFilter.SECURITY));
    assertThat(watcher.commits.get(2).origin()).isEmpty();
  }

  @Test
  void afterAnOpening_effectsAreToldAgain_butNoOrigins() throws Exception {
    Filetime time = Filetime.of(now);
    try (Hive hive = Hive.create(disk, FILE, settings)) {
      hive.commit(
          Batch.builder().ifKeyAbsent("a").createKey("a").set("a", VALUE).build(), CHECKPOINT);
      hive.commit(
          Batch.builder().createKey("v", KeyOptions.VOLATILE).set("v", VALUE).build(), CHECKPOINT);
    }
    now = now.plusSeconds(5);

    var watcher = new Recorder();
    try (Hive hive = Hive.open(disk, FILE, settings)) {
      hive.watch(Revision.ZERO, Runnable::run, watcher);
    }

    assertThat(watcher.commits)
        .containsExactly(
            new Commit(
                new Revision(1),
                Batch.builder().createKey("a").set("a", VALUE).build(),
                time,
                Optional.empty(),
                List.of(
                    new Effect.Changed(KeyPath.ROOT, NotifyFilter.NAME),
                    new Effect.Changed(KeyPath.of("a"), NotifyFilter.LAST_SET))),
            new Commit(
                new Revision(2),
                new Batch(List.of(), List.of()),
                time,
                Optional.empty(),
                List.of()));
  }

  private static RegistryKey key(Hive hive, String path) {
    return hive.snapshot().key(path).orElseThrow();
  }

  private static final class Recorder implements Watcher {
    final List<Commit> commits = new ArrayList<>();

    @Override
    public void committed(Commit commit) {
      commits.add(commit);
    }

    @Override
    public void fellBehind(Snapshot current) {
      throw new AssertionError("fell behind at " + current.revision());
    }
  }
}
