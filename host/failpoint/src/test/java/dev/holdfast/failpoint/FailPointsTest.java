package dev.holdfast.failpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailPointsTest {
  private static FailPoints parse(String text) {
    return FailPoints.parse(text, FailPointsTest::first);
  }

  private static Optional<String> first(String typed, Collection<String> known) {
    return known.stream().findFirst();
  }

  @Test
  void severalPoints_areReadInTheirOrder_withHitsAndDeeds() {
    FailPoints points =
        parse(
            "hive.sync.before=halt, slot.fork.after:3=stop,events.write.before:2=enospc,"
                + "monitor.sends.ready.before=delay:1500,hive.rename.after=eio");

    assertThat(points.strikes())
        .containsExactly(
            new FailPoints.Strike(StoragePoint.HIVE_SYNC, Moment.BEFORE, 1, new Deed.Halt()),
            new FailPoints.Strike(StepPoint.SLOT_FORK, Moment.AFTER, 3, new Deed.Stop()),
            new FailPoints.Strike(
                StoragePoint.EVENTS_WRITE,
                Moment.BEFORE,
                2,
                new Deed.Refuse("No space left on device")),
            new FailPoints.Strike(
                FramePoint.MONITOR_SENDS_READY,
                Moment.BEFORE,
                1,
                new Deed.Delay(Duration.ofMillis(1500))),
            new FailPoints.Strike(
                StoragePoint.HIVE_RENAME, Moment.AFTER, 1, new Deed.Refuse("Input/output error")));
  }

  @ParameterizedTest
  @CsvSource({
    "hive.sync.before, it is to be name",
    "hive.sink.before=halt, there is no fail point hive.sink.before (did you mean",
    "hive.sync=halt, there is no fail point hive.sync ",
    "hive.sync.before=hold, nothing is called hold (did you mean halt?)",
    "hive.sync.before:0=halt, is no whole number",
    "hive.sync.before:x=halt, is no whole number",
    "hive.sync.before=delay:, is no whole number",
    "slot.fork.before=enospc, nothing is written to a disk there",
    "monitor.sends.hello.after=eio, nothing is written to a disk there",
  })
  void whatCannotBe_isRefused_sayingWhatIsPossible(String text, String because) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse(text))
        .withMessageStartingWith("HOLDFAST_FAILPOINT cannot be set to \"" + text + "\": ")
        .withMessageContaining(because);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "hive.sync.before=halt,"})
  void nothingBetweenCommas_isRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> parse(text));
  }

  @Test
  void everyPlace_hasANameOfItsOwn_andSaysWhatItStandsFor() {
    assertThat(FailPoint.all()).extracting(FailPoint::place).doesNotHaveDuplicates();
    assertThat(FailPoint.all())
        .allSatisfy(
            point -> {
              assertThat(point.place()).matches("[a-z]+(\\.[a-z-]+){1,2}");
              assertThat(point.standsFor()).isNotBlank();
            });
    assertThat(FramePoint.SERVICE_SENDS_LOAD_PLUGIN.name(Moment.AFTER))
        .isEqualTo("service.sends.load-plugin.after");
    assertThat(FramePoint.MONITOR_RECEIVES_ANSWER.standsFor())
        .isEqualTo("the monitor receives the frame ANSWER");
  }
}
