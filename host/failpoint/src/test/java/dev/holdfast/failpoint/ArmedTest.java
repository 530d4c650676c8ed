package dev.holdfast.failpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens when a point is hit; the deeds themselves are the system tests'. */
class ArmedTest {
  @TempDir Path folder;
  private final List<Deed> done = new ArrayList<>();
  private Path file = Path.of("");
  private HitsFile hits;

  @BeforeEach
  void makeFile() throws IOException {
    file = folder.resolve("hits");
    hits = HitsFile.create(file);
  }

  private Armed armed(String text, HitCounts counts) {
    return new Armed(FailPoints.parse(text, (_, _) -> Optional.empty()), counts, done::add);
  }

  @Test
  void strikesAtItsHit_andAtNoOther() {
    hits.counting(true);
    Armed armed = armed("slot.fork.after:2=halt", hits);

    for (int i = 0; i < 4; i++) {
      armed.reached(StepPoint.SLOT_FORK, Moment.BEFORE);
      armed.reached(StepPoint.SLOT_FORK, Moment.AFTER);
      assertThat(done).hasSize(i < 1 ? 0 : 1);
    }
  }

  @Test
  void refusal_isReturnedToBeThrown() {
    hits.counting(true);
    Armed armed = armed("hive.sync.before=enospc", hits);

    assertThat(armed.reached(StoragePoint.HIVE_SYNC, Moment.BEFORE))
        .isEqualTo(new Deed.Refuse("No space left on device"));
    assertThat(armed.reached(StoragePoint.HIVE_SYNC, Moment.BEFORE)).isNull();
    assertThat(done).isEmpty();
  }

  @Test
  void nothingCountsOrStrikes_untilTheFileIsOpenedToCounting() {
    Armed armed = armed("slot.fork.after=halt", hits);

    armed.reached(StepPoint.SLOT_FORK, Moment.AFTER);
    assertThat(done).isEmpty();
    assertThat(hits.hits()).containsEntry("slot.fork.after", 0L);

    hits.counting(true);
    armed.reached(StepPoint.SLOT_FORK, Moment.AFTER);
    assertThat(done).containsExactly(new Deed.Halt());
  }

  @Test
  void twoProcessesOfOneFile_countTogether_soOnlyOneOfThemStrikes() throws IOException {
    hits.counting(true);
    Armed first = armed("call.find.before:2=halt", HitsFile.open(file));
    Armed second = armed("call.find.before:2=halt", HitsFile.open(file));

    first.reached(StepPoint.CALL_FIND, Moment.BEFORE);
    second.reached(StepPoint.CALL_FIND, Moment.BEFORE);
    first.reached(StepPoint.CALL_FIND, Moment.BEFORE);

    assertThat(done).containsExactly(new Deed.Halt());
    assertThat(hits.hits()).containsEntry("call.find.before", 3L);
  }

  @Test
  void whatIsNoFileOfHits_isRefused() throws IOException {
    Path other = Files.writeString(folder.resolve("other"), "x".repeat(100_000));

    assertThatIOException().isThrownBy(() -> HitsFile.open(other)).withMessageContaining("other");
  }

  @Test
  void withoutTheEnvironment_nothingIsAsked() throws IOException {
    assertThat(FailPoints.asked()).isFalse();

    StoragePoint.HIVE_SYNC.before();
    StepPoint.SLOT_FORK.after();
    FramePoint.MONITOR_SENDS_HELLO.before();
  }
}
