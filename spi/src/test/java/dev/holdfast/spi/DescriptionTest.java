package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptionTest {
  private static final Property<Integer> PORT = Property.integer("Port").build();

  @Test
  void defaults_areMscsOnes() {
    Description description = Description.of("Redis").lives(Lives.ON_NODE).build();

    assertThat(description.displayName()).isEqualTo("Redis");
    assertThat(description.revision()).isEqualTo(1);
    assertThat(description.isExclusive()).isFalse();
    assertThat(description.properties()).isEmpty();
    assertThat(description.timings())
        .isEqualTo(
            new Timings(
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                Duration.ofSeconds(180),
                Duration.ofMinutes(10),
                Duration.ofSeconds(30)));
  }

  @Test
  void aFamilysNameEndsInAStar_andIsTheBeginningOfItsMembers() {
    Description family = Description.of("ocf:*").lives(Lives.ON_NODE).build();
    Description member = Description.of("ocf:heartbeat:Dummy").lives(Lives.ON_NODE).build();

    assertThat(family.isFamily()).isTrue();
    assertThat(member.isFamily()).isFalse();
    assertThat(family.isFamilyOf("OCF:heartbeat:Dummy")).isTrue();
    assertThat(family.isFamilyOf("ocf:")).isFalse();
    assertThat(family.isFamilyOf("ocf:*")).isFalse();
    assertThat(family.isFamilyOf("systemd:x")).isFalse();
    assertThat(member.isFamilyOf("ocf:heartbeat:Dummy2")).isFalse();
  }

  @Test
  void whereItLives_mustBeSaid() {
    assertThatIllegalStateException()
        .isThrownBy(() -> Description.of("Redis").build())
        .withMessageContaining("where it lives");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", " a", "a/b", "a\\b", "a*b", "*", "-a", "a\nb"})
  void name_thatNoOneCouldType_isRefused(String name) {
    assertThatIllegalStateException()
        .isThrownBy(() -> Description.of(name).lives(Lives.ON_NODE).build());
  }

  @Test
  void name_longerThan255_isRefused() {
    assertThat(Description.of("x".repeat(255)).lives(Lives.ON_NODE).build()).isNotNull();
    assertThatIllegalStateException()
        .isThrownBy(() -> Description.of("x".repeat(256)).lives(Lives.ON_NODE).build());
  }

  @Test
  void propertyDeclaredTwice_ignoringCase_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                Description.of("Redis")
                    .lives(Lives.ON_NODE)
                    .properties(PORT, Property.text("PORT").build())
                    .build())
        .withMessageContaining("[PORT]");
  }

  @Test
  void onlineLimit_belowPending_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                Description.of("Redis")
                    .lives(Lives.ON_NODE)
                    .timings(Timings.DEFAULT.withOnlineLimit(Duration.ofSeconds(1)))
                    .build())
        .withMessageContaining("onlineLimit");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Timings.DEFAULT.withIsAlive(Duration.ZERO));
  }

  @Test
  void property_isFoundIgnoringCase() {
    Description description = Description.of("Redis").lives(Lives.ON_NODE).properties(PORT).build();

    assertThat(description.property("pORT")).contains(PORT);
    assertThat(description.property("Porto")).isEmpty();
    assertThat(description.properties()).isUnmodifiable();
    assertThat(description.requires()).isUnmodifiable();
  }

  @Test
  void descriptions_withTheSameParts_areEqual() {
    assertThat(redis("Physical Disk")).isEqualTo(redis("Physical Disk"));
    assertThat(redis("Physical Disk")).hasSameHashCodeAs(redis("Physical Disk"));
    assertThat(redis("Physical Disk")).isNotEqualTo(redis("Network Name"));
  }

  private static Description redis(String needs) {
    return Description.of("Redis")
        .displayName("Redis server")
        .revision(2)
        .lives(Lives.ON_NODE)
        .exclusive()
        .properties(Property.integer("Port").defaultsTo(6379).build())
        .requires(needs)
        .timings(Timings.DEFAULT.withLooksAlive(Duration.ofSeconds(1)))
        .build();
  }
}
