package dev.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.protocol.wire.TypeDescription;
import dev.holdfast.spi.Control;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.OfflineReason;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.Timings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DescriptionCodecTest {
  private static final Description WHOLE =
      Description.of("Generic Thing")
          .displayName("A thing")
          .revision(7)
          .lives(Lives.ON_NODE)
          .exclusive()
          .properties(
              Property.text("CommandLine").required().help("what to run").build(),
              Property.integer("Port").range(1, 65535).defaultsTo(6379).build(),
              Property.duration("Grace").defaultsTo(Duration.ofMillis(1500)).since("0.2").build(),
              Property.size("Memory").atLeast(1024L).effect(Property.Effect.LIVE).build(),
              Property.path("Folder").defaultsTo(Path.of("/srv/x")).build(),
              Property.list("Arguments").defaultsTo(List.of("a", "", "b c")).build(),
              Property.choice("Probe").oneOf("tcp", "http").defaultsTo("tcp").build(),
              Property.secret("Password").effect(Property.Effect.FIXED).build())
          .requires("IP Address", "Volume")
          .timings(Timings.DEFAULT.withLooksAlive(Duration.ofMillis(100)))
          .controls(
              Control.of("Snapshot")
                  .help("Keeps it as it is now.")
                  .parameters(
                      Property.text("name").required().build(),
                      Property.size("size").defaultsTo(1024L).build())
                  .limit(Duration.ofMillis(1500))
                  .build(),
              Control.of("Status").whileOffline().readOnly().build())
          .build();

  @Test
  void aDescription_comesBackEqual_throughBytes() throws Exception {
    byte[] stored = DescriptionCodec.encode(WHOLE).toByteArray();

    var read = DescriptionCodec.decode(TypeDescription.parseFrom(stored));

    assertThat(read).isEqualTo(WHOLE);
  }

  @Test
  void aBareDescription_comesBackEqual() {
    var bare = Description.of("Bare").lives(Lives.IN_MONITOR).build();

    assertThat(DescriptionCodec.decode(DescriptionCodec.encode(bare))).isEqualTo(bare);
  }

  @Test
  void aDescriptionOfANewerVersion_isRefusedByName() {
    var newer = DescriptionCodec.encode(WHOLE).toBuilder().setLivesValue(99).build();

    assertThatThrownBy(() -> DescriptionCodec.decode(newer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("place to live");
    assertThatThrownBy(() -> DescriptionCodec.decode(TypeDescription.getDefaultInstance()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void smallValues_comeBackEqual() {
    for (Found found :
        List.of(
            Found.running("pid 1"),
            Found.absent("no pid"),
            Found.foreign("other", 9),
            Found.unknown("API down"))) {
      assertThat(SpiCodec.decode(SpiCodec.encode(found))).isEqualTo(found);
    }
    for (Health health : List.of(Health.alive(), Health.degraded("slow"), Health.failed("gone"))) {
      assertThat(SpiCodec.decode(SpiCodec.encode(health))).isEqualTo(health);
    }
    for (Exit exit : List.of(new Exit.Code(3), new Exit.Signal(9), new Exit.Unknown())) {
      assertThat(SpiCodec.decode(SpiCodec.encode(exit))).contains(exit);
    }
    var launch = Launch.of("redis", "--port", "1").in(Path.of("/srv")).with("A", "b").as("redis");
    assertThat(SpiCodec.decode(SpiCodec.encode(launch))).isEqualTo(launch);
    assertThat(SpiCodec.decode(SpiCodec.encode(Launch.of("x")))).isEqualTo(Launch.of("x"));
    var properties = Map.of("Port", List.of("1"), "Arguments", List.of("a", "b"));
    assertThat(SpiCodec.decode(SpiCodec.encode(properties))).isEqualTo(properties);
  }

  @ParameterizedTest
  @EnumSource
  void everyReason_comesBackEqual(OfflineReason reason) {
    assertThat(SpiCodec.decode(SpiCodec.encode(reason))).isEqualTo(reason);
  }

  @Test
  void aResourceException_keepsWhoMustActAndWhere() {
    var thrown =
        new ResourceException(Responsibility.USER, Retry.NOWHERE, "NoSuchFile", "No such file.");

    var failure = Failures.thrown(thrown);
    var back = Failures.exception(failure);

    assertThat(failure.getDetail()).contains("aResourceException_keepsWhoMustActAndWhere");
    assertThat(back.code()).isEqualTo("NoSuchFile");
    assertThat(back.responsibility()).isEqualTo(Responsibility.USER);
    assertThat(back.retry()).isEqualTo(Retry.NOWHERE);
    assertThat(back).hasMessage("No such file.");
  }

  @Test
  void anExceptionThatThrowsWhenAsked_isStillAFailure() {
    var nasty =
        new RuntimeException() {
          @Override
          public String getMessage() {
            throw new StackOverflowError();
          }
        };

    var failure = Failures.thrown(nasty);

    assertThat(failure.getCode()).isEqualTo(Failures.UNEXPECTED);
    assertThat(failure.getMessage()).isNotEmpty();
  }

  @Test
  void aHugeStackTrace_isCut() {
    var failure = Failures.thrown(new RuntimeException("x".repeat(1_000_000)));

    assertThat(failure.getSerializedSize()).isLessThan(25_000);
    assertThat(failure.getMessage()).contains("characters left out");
  }
}
