package dev.holdfast.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.quorum.Blobs;
import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.quorum.Holder;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.hive.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service dies at each operation of a story, and the next one goes on: what was acknowledged is
 * there and can be read back, what is restored is whole, and nothing is left lying about.
 */
@Timeout(120)
class CheckpointDeathTest {
  private static final String WEB = "8c5f0d5e-0000-4000-8000-000000000001";
  private static final Subject PORT = Subject.parse("registry:Software\\Web", List.of());
  private static final CheckpointSettings SETTINGS =
      new CheckpointSettings(
          RestorePolicy.CONTINUE,
          DriftPolicy.RESTORE,
          3,
          Duration.ofHours(1),
          Duration.ofHours(1),
          Duration.ZERO);
  private static final CheckpointSettings AT_ONCE =
      new CheckpointSettings(
          RestorePolicy.CONTINUE,
          DriftPolicy.RESTORE,
          3,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO);
  private static final CheckpointId ID = new CheckpointId(WEB, 1);

  @TempDir private Path parent;

  @Test
  void nothingAcknowledgedIsLostWhereverItDies() throws Exception {
    diesEverywhere(Story::play, "v5");
  }

  /** From the fourth change on, what is saved is written into the file of what is dropped. */
  @Test
  void nothingAcknowledgedIsLostWhereverItDies_whileItSavesChanges() throws Exception {
    diesEverywhere(Story::playChanges, "v8");
  }

  /** What happens in a life. */
  private interface Play {
    void in(Story story, Checkpoints checkpoints) throws IOException, SourceException;
  }

  private void diesEverywhere(Play play, String last) throws Exception {
    int deaths = 0;
    for (int step = 1; ; step++) {
      Path directory = parent.resolve(Integer.toString(step));
      var source = new FakeSource("v0");
      var life = new MortalStorage.Life(step);
      Story story = new Story(source);
      live(directory, life, story, play);
      if (!life.isOver()) {
        assertThat(story.acknowledged).endsWith(last);
        break;
      }
      deaths++;
      try (var after = new Service(directory, UnaryOperator.identity(), source)) {
        after.looksAsAcknowledged(story);
        after.goesOn();
      }
    }
    assertThat(deaths).isGreaterThan(40);
  }

  /** One life of the service: what it acknowledged is written down as it is. */
  private static void live(Path directory, MortalStorage.Life life, Story story, Play play)
      throws IOException {
    try (var whole = new Service(directory, UnaryOperator.identity(), story.source)) {
      whole.log.submit(Batch.builder().createKey("Resources\\" + WEB).build()).join();
    }
    try (var service =
        new Service(directory, storage -> new MortalStorage(storage, life), story.source)) {
      play.in(story, service.checkpoints);
    } catch (IOException | SourceException dead) {
      // It died; whoever comes next sees what is left.
    }
  }

  /** Added, changed while online, saved at offline, rolled back, restored: five contents. */
  private static final class Story {
    private final FakeSource source;
    private final List<String> acknowledged = new ArrayList<>();
    private boolean isGone;

    Story(FakeSource source) {
      this.source = source;
    }

    void play(Checkpoints checkpoints) throws IOException, SourceException {
      checkpoints.add(WEB, PORT, SETTINGS, false);
      acknowledged.add("v0");
      for (int i = 1; i <= 5; i++) {
        checkpoints.beforeOnline(WEB).join();
        source.write("v" + i);
        checkpoints.gone(WEB).join();
        Checkpoint saved = checkpoints.store().find(ID).orElseThrow();
        if (saved.live().isPresent()
            || !saved.currentGeneration().fingerprint().equals("text:v" + i)) {
          isGone = true;
          return; // It was told that it could not be saved.
        }
        acknowledged.add("v" + i);
      }
    }

    /** Added, and changed eight times while it is online. */
    void playChanges(Checkpoints checkpoints) throws IOException, SourceException {
      checkpoints.add(WEB, PORT, AT_ONCE, false);
      acknowledged.add("v0");
      checkpoints.beforeOnline(WEB).join();
      for (int i = 1; i <= 8; i++) {
        String fingerprint = "text:v" + i;
        source.write("v" + i);
        await()
            .until(
                () -> isCurrent(checkpoints, fingerprint) || !checkpoints.unsaved(WEB).isEmpty());
        if (!isCurrent(checkpoints, fingerprint)) {
          isGone = true;
          return; // It was told that it could not be saved.
        }
        acknowledged.add("v" + i);
      }
    }

    private static boolean isCurrent(Checkpoints checkpoints, String fingerprint) {
      Checkpoint now = checkpoints.store().find(ID).orElseThrow();
      return now.currentGeneration().fingerprint().equals(fingerprint);
    }
  }

  private static final class Service implements AutoCloseable {
    private final DirectoryQuorumLog log;
    private final Checkpoints checkpoints;
    private final Told told = new Told();
    private final FakeSource source;

    Service(Path directory, UnaryOperator<Storage> through, FakeSource source) throws IOException {
      this.source = source;
      try {
        log =
            DirectoryQuorumLog.open(
                directory,
                Holder.thisProcess("alpha", Instant.EPOCH),
                InstantSource.system(),
                _ -> {},
                through);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      try {
        Blobs blobs = log.blobs(through);
        checkpoints =
            new Checkpoints(
                CheckpointStore.open(log, blobs),
                _ -> source,
                told,
                "alpha",
                InstantSource.system(),
                directory);
      } catch (IOException e) {
        log.close();
        throw e;
      }
    }

    void looksAsAcknowledged(Story story) throws IOException {
      Optional<Checkpoint> found = checkpoints.store().find(ID);
      if (story.acknowledged.isEmpty()) {
        return;
      }
      Checkpoint checkpoint = found.orElseThrow();
      for (Generation generation : checkpoint.generations()) {
        assertThat(checkpoints.store().blobs().check(generation.digest()))
            .as("generation %d", generation.number())
            .isEqualTo(Blobs.Condition.GOOD);
      }
      String last = story.acknowledged.getLast();
      assertThat(checkpoint.generations())
          .extracting(Generation::fingerprint)
          .contains("text:" + last);
      if (!story.isGone) {
        assertThat(checkpoint.currentGeneration().fingerprint()).isEqualTo("text:" + last);
      }
    }

    /** The last life's changes are saved, and the next online has them. */
    void goesOn() throws IOException {
      if (checkpoints.store().find(ID).isEmpty()) {
        return;
      }
      String live = source.content().orElseThrow();
      boolean wasLive = checkpoints.store().find(ID).orElseThrow().live().isPresent();
      checkpoints.gone(WEB).join();
      checkpoints.beforeOnline(WEB).join();
      if (wasLive) {
        assertThat(source.content()).contains(live);
      }
      checkpoints.gone(WEB).join();
      Checkpoint checkpoint = checkpoints.store().find(ID).orElseThrow();
      assertThat(checkpoint.generations()).hasSizeLessThanOrEqualTo(3);
      try (var blobs = Files.list(log.directory().resolve("blobs"))) {
        assertThat(blobs)
            .hasSameSizeAs(
                checkpoint.generations().stream().map(Generation::digest).distinct().toList());
      }
    }

    @Override
    public void close() {
      checkpoints.close();
      log.close();
    }
  }
}
