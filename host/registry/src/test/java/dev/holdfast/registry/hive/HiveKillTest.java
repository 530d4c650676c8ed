package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real process that commits and says so, and is killed; twenty times on the same hive, or as
 * often as {@code -Dholdfast.kill.count=N} says.
 */
class HiveKillTest {
  private static final String FILE = "killed.log";
  private static final int KILLS = Integer.getInteger("holdfast.kill.count", 20);
  private static final Duration TIME_MAX = Duration.ofSeconds(15L * KILLS);
  private static final int WRITERS = 4;

  /** About. */
  private static final int LINE_BYTES = 14;

  @TempDir private Path directory;

  /** The process: commits without end and prints, for each commit acknowledged, who and which. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      Hive hive = openOrCreate(Path.of(args[0]));
      for (int i = 0; i < WRITERS; i++) {
        String key = "Writer" + i;
        Thread.ofPlatform().start(() -> commitForEver(hive, key));
      }
    }

    private static void commitForEver(Hive hive, String key) {
      long n = hive.snapshot().value(key, "Last").map(RegistryValue::number).orElse(0L);
      try {
        while (true) {
          n++;
          hive.commit(
              Batch.builder()
                  .createKey(key)
                  .set(key, RegistryValue.qword("Last", n))
                  .set(key, RegistryValue.sz("N" + n % 50, key + " " + n))
                  .build());
          System.out.println(key + " " + n);
        }
      } catch (CommitException e) {
        e.printStackTrace();
        Runtime.getRuntime().halt(1);
      }
    }
  }

  @Test
  void nothingThatWasAcknowledgedIsLost() {
    assertTimeoutPreemptively(TIME_MAX, this::killAndCheck);
  }

  private void killAndCheck() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    Map<String, Long> acknowledged = new HashMap<>();
    long torn = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      String as = "seed %d, kill %d".formatted(seed, kill);
      killAfter(1 + random.nextInt(1_500), acknowledged);

      try (Hive hive = openOrCreate(directory)) {
        torn += hive.report().cutBytes() > 0 ? 1 : 0;
        check(hive.snapshot(), acknowledged, as);
      }
    }
    System.out.printf("%d kills, %s acknowledged, %d torn tails%n", KILLS, acknowledged, torn);
    assertThat(acknowledged).hasSize(WRITERS);
  }

  /** What it says goes to a file: of a pipe, the last lines can be lost when a process ends. */
  private void killAfter(int lines, Map<String, Long> acknowledged) throws Exception {
    Path said = directory.resolve("said.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                directory.toString())
            .redirectOutput(said.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      boolean ended = false;
      while (!ended && Files.size(said) < (long) lines * LINE_BYTES) {
        ended = process.waitFor(1, TimeUnit.MILLISECONDS);
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("ended by SIGKILL").isEqualTo(128 + 9);
    String text = Files.readString(said);
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      String[] words = line.split(" ", -1);
      acknowledged.merge(words[0], Long.parseLong(words[1]), Math::max);
    }
  }

  private static void check(Snapshot snapshot, Map<String, Long> acknowledged, String as) {
    acknowledged.forEach(
        (key, last) -> {
          long found = snapshot.value(key, "Last").orElseThrow().number();
          // At most one more: committed, but killed before it was printed.
          assertThat(found).as(as).isBetween(last, last + 1);
          assertThat(snapshot.value(key, "N" + found % 50).orElseThrow().text())
              .as(as)
              .isEqualTo(key + " " + found);
        });
  }

  private static Hive openOrCreate(Path directory) throws IOException {
    var storage = new DirectoryStorage(directory);
    var settings = new HiveSettings("killed", UUID::randomUUID, HiveTimes.UNKNOWN, 100_000, 8_192);
    return storage.exists(FILE)
        ? Hive.open(storage, FILE, settings)
        : Hive.create(storage, FILE, settings);
  }
}
