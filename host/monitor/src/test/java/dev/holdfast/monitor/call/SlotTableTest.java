package dev.holdfast.monitor.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.wire.Done;
import dev.holdfast.protocol.wire.ExitState;
import dev.holdfast.protocol.wire.SlotState;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is told about a slot crosses on its way: ends come from one thread, the rest from others.
 */
class SlotTableTest {
  private static final SlotState FIRST = living("first");
  private static final SlotState FIRST_ENDED = ended("first");
  private static final SlotState SECOND = living("second");

  private final SlotTable slots = new SlotTable();

  @Test
  void anEndIsNotTakenBackByWhatWasAskedBeforeIt() {
    slots.update(FIRST);
    assertThat(slots.ended(FIRST_ENDED)).isTrue();

    slots.replaceAll(List.of(FIRST), false);
    slots.update(FIRST);

    assertThat(slots.find("main")).contains(FIRST_ENDED);
    assertThat(slots.hasEnded()).isTrue();
  }

  @Test
  void anEndMayComeBeforeTheAnswerThatTellsOfTheStart() {
    slots.update(FIRST_ENDED);
    assertThat(slots.ended(ended("second"))).isTrue();

    slots.update(SECOND);

    assertThat(slots.find("main")).contains(ended("second"));
  }

  @Test
  void theEndOfAnEarlierLifeIsNotThatOfTheOneThatRuns() {
    slots.update(FIRST);
    slots.update(SECOND);

    assertThat(slots.ended(FIRST_ENDED)).isFalse();

    assertThat(slots.find("main")).contains(SECOND);
    assertThat(slots.hasEnded()).isFalse();
  }

  @Test
  void howItEndedIsTakenInLater() {
    SlotState somehow =
        FIRST_ENDED.toBuilder()
            .setExit(ExitState.newBuilder().setUnknown(Done.getDefaultInstance()))
            .build();
    slots.update(somehow);

    assertThat(slots.ended(FIRST_ENDED)).isTrue();

    assertThat(slots.find("main")).contains(FIRST_ENDED);
  }

  private static SlotState living(String nonce) {
    return SlotState.newBuilder().setName("main").setNonce(nonce).setAlive(true).build();
  }

  private static SlotState ended(String nonce) {
    return SlotState.newBuilder()
        .setName("main")
        .setNonce(nonce)
        .setExit(ExitState.newBuilder().setSignal(9))
        .build();
  }
}
