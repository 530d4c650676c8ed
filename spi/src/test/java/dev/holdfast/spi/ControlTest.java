package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlTest {
  private static final Property<String> NAME = Property.text("name").required().build();
  private static final Property<Long> SIZE = Property.size("size").defaultsTo(1L << 20).build();
  private static final Control SNAPSHOT = Control.of("Snapshot").parameters(NAME, SIZE).build();

  @Test
  void unlessSaidOtherwise_itNeedsAnOnlineResource_mayChangeIt_andHasAMinute() {
    assertThat(SNAPSHOT.isWhileOffline()).isFalse();
    assertThat(SNAPSHOT.isReadOnly()).isFalse();
    assertThat(SNAPSHOT.limit()).isEqualTo(Duration.ofMinutes(1));
    assertThat(SNAPSHOT.help()).isEmpty();
  }

  @Test
  void parameters_areMatchedAndNormalised_asPropertiesAre() throws Exception {
    Properties checked =
        SNAPSHOT.check(Map.of("NAME", List.of("before"), "Size", List.of("2048KiB")));

    assertThat(checked.get(NAME)).isEqualTo("before");
    assertThat(checked.asText())
        .isEqualTo(Map.of("name", List.of("before"), "size", List.of("2MiB")));
    assertThat(SNAPSHOT.check(Map.of("name", List.of("x"))).get(SIZE)).isEqualTo(1L << 20);
  }

  @Test
  void whatIsWrong_isNamed_withTheNearestName_allOfIt() {
    assertThatExceptionOfType(InvalidPropertiesException.class)
        .isThrownBy(() -> SNAPSHOT.check(Map.of("nmae", List.of("x"), "size", List.of("2MB"))))
        .satisfies(
            e ->
                assertThat(e.problems())
                    .extracting(Problem::message)
                    .anyMatch(m -> m.contains("'nmae' is no parameter of Snapshot; did you mean"))
                    .anyMatch(m -> m.contains("size") && m.contains("MiB"))
                    .anyMatch(m -> m.contains("name is required")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "two words", "-x", "1st", "a_b"})
  void aNameThatNoOneCouldType_isRefused(String name) {
    assertThatIllegalStateException().isThrownBy(() -> Control.of(name).build());
  }

  @Test
  void aLimitWithoutSense_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> Control.of("A").limit(Duration.ZERO).build());
    assertThatIllegalStateException()
        .isThrownBy(() -> Control.of("A").limit(Duration.ofDays(1)).build());
  }

  @Test
  void twoOfOneName_ignoringCase_areRefusedInADescription() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                Description.of("Volume")
                    .lives(Lives.ELSEWHERE)
                    .controls(SNAPSHOT, Control.of("SNAPSHOT").build())
                    .build())
        .withMessageContaining("declared twice");
  }

  @Test
  void aDescription_knowsThem_andDiffersByThem() {
    var with = Description.of("V").lives(Lives.ELSEWHERE).controls(SNAPSHOT).build();

    assertThat(with.controls()).containsExactly(SNAPSHOT);
    assertThat(with.control("snapshot")).contains(SNAPSHOT);
    assertThat(with.control("Resize")).isEmpty();
    assertThat(with).isNotEqualTo(Description.of("V").lives(Lives.ELSEWHERE).build());
  }

  @Test
  void aReply_keepsItsValuesInOrder_andIsBounded() {
    Reply reply = Reply.done("kept").with("z", "1").with("a", "2");

    assertThat(reply.values()).containsExactly(Map.entry("z", "1"), Map.entry("a", "2"));
    assertThat(reply.isHandled()).isTrue();
    assertThat(Reply.notHandled().isHandled()).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> Reply.done("x".repeat(4_097)));
    assertThatIllegalArgumentException().isThrownBy(() -> reply.with("b", "x".repeat(4_097)));
    Reply full = Reply.done("");
    for (int i = 0; i < Reply.VALUES_MAX; i++) {
      full = full.with("v" + i, "");
    }
    Reply most = full;
    assertThatIllegalArgumentException().isThrownBy(() -> most.with("one more", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "a b", "a/b"})
  void anExternalSlot_hasAPlainName(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExternalSlot(name, "volume", "data-1", "n", 1, "alpha"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExternalSlot("volume", name, "data-1", "n", 1, "alpha"));
  }

  @Test
  void anExternalSlotsKey_isWhatTheRemoteSystemCallsIt() {
    var slot = new ExternalSlot("volume", "lease-volume", "Data 1/ä:x", "n", 1, "alpha");
    assertThat(slot.key()).isEqualTo("Data 1/ä:x");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExternalSlot("volume", "v", " ", "n", 1, "alpha"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExternalSlot("volume", "v", "a\nb", "n", 1, "alpha"));
  }
}
