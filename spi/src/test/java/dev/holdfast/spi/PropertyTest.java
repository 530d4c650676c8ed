package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PropertyTest {
  private static final Property<Integer> PORT = Property.integer("Port").range(1, 65535).build();
  private static final Property<Duration> INTERVAL = Property.duration("Interval").build();
  private static final Property<Long> LIMIT = Property.size("Limit").build();
  private static final Property<Path> FOLDER = Property.path("Folder").build();
  private static final Property<List<String>> ARGUMENTS = Property.list("Arguments").build();
  private static final Property<Secret> PASSWORD = Property.secret("Password").build();
  private static final Property<String> PROBE =
      Property.choice("Probe").oneOf("none", "tcp", "http").build();

  @ParameterizedTest
  @CsvSource({
    "30s, 30s, PT30S",
    "30 S, 30s, PT30S",
    "500ms, 500ms, PT0.5S",
    "1500ms, 1500ms, PT1.5S",
    "90s, 90s, PT1M30S",
    "60s, 1m, PT1M",
    "5m, 5m, PT5M",
    "2h, 2h, PT2H",
    "1d, 1d, PT24H",
    "PT1M30S, 90s, PT1M30S",
    "pt0.25s, 250ms, PT0.25S",
    "7us, 7us, PT0.000007S",
    "1ns, 1ns, PT0.000000001S",
    "0s, 0s, PT0S",
    "36500d, 36500d, PT876000H"
  })
  void duration_isReadAndWrittenCanonically(String typed, String canonical, Duration value) {
    assertThat(INTERVAL.decode(List.of(typed))).isEqualTo(value);
    assertThat(INTERVAL.encode(value)).containsExactly(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "30", "s", "-5s", "PT-5S", "1.5s", "1 week", "36501d", "999999999999999999d"})
  void duration_refusesWhatIsNoneAndWhatHasNoUnit(String typed) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> INTERVAL.decode(List.of(typed)))
        .withMessageStartingWith("Interval is '" + typed + "': ")
        .withMessageEndingWith(".");
  }

  @ParameterizedTest
  @CsvSource({
    "64MiB, 64MiB, 67108864",
    "64 mib, 64MiB, 67108864",
    "65536, 64KiB, 65536",
    "1000B, 1000B, 1000",
    "0, 0B, 0",
    "1024GiB, 1TiB, 1099511627776",
    "9223372036854775807, 9223372036854775807B, 9223372036854775807"
  })
  void size_isReadAndWrittenCanonically(String typed, String canonical, long bytes) {
    assertThat(LIMIT.decode(List.of(typed))).isEqualTo(bytes);
    assertThat(LIMIT.encode(bytes)).containsExactly(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MiB",
        "-1",
        "1.5GiB",
        "99999999TiB",
        "9999999999999999999",
        "64MB",
        "64M",
        "3 apples"
      })
  void size_refusesWhatIsNoneAndWhatIsAmbiguous(String typed) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LIMIT.decode(List.of(typed)))
        .withMessageStartingWith("Limit is '" + typed + "': ");
  }

  @Test
  void integer_isReadWithBlanksAroundIt_andKeptInItsRange() {
    assertThat(PORT.decode(List.of(" 8080 "))).isEqualTo(8080);
    assertThat(PORT.encode(8080)).containsExactly("8080");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PORT.decode(List.of("0")))
        .withMessage("Port is '0': it must be at least 1.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PORT.decode(List.of("65536")))
        .withMessage("Port is '65536': it must be at most 65535.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PORT.decode(List.of("80a")))
        .withMessageStartingWith("Port is '80a': a whole number");
  }

  @Test
  void path_mustBeAbsolute_andIsNormalised() {
    assertThat(FOLDER.decode(List.of("/srv/./a/../b"))).isEqualTo(Path.of("/srv/b"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FOLDER.decode(List.of("srv/b")))
        .withMessageContaining("absolute");
  }

  @Test
  void choice_ignoresCase_andNamesTheNearestWord() {
    assertThat(PROBE.decode(List.of("TCP"))).isEqualTo("tcp");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PROBE.decode(List.of("htpp")))
        .withMessage("Probe is 'htpp': did you mean 'http'? It is one of none, tcp, http.");
  }

  @Test
  void list_takesAnyNumber_andEverythingElseExactlyOne() {
    assertThat(ARGUMENTS.decode(List.of())).isEmpty();
    assertThat(ARGUMENTS.decode(List.of("a b", "", "c"))).containsExactly("a b", "", "c");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PORT.decode(List.of("1", "2")))
        .withMessage("Port takes one value; it was given 2.");
    assertThatIllegalArgumentException().isThrownBy(() -> PORT.decode(List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ARGUMENTS.decode(Collections.nCopies(5_000, "x")))
        .withMessageContaining("at most 4096 items");
  }

  @Test
  void text_refusesNulAndNovels() {
    Property<String> text = Property.text("Text").build();

    assertThat(text.decode(List.of(""))).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> text.decode(List.of("a\0b")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> text.decode(List.of("x".repeat(70_000))))
        .withMessageContaining("65536");
  }

  @Test
  void required_refusesBlankText() {
    Property<String> text = Property.text("CommandLine").required().build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> text.decode(List.of("  ")))
        .withMessage("CommandLine is required; it cannot be empty.");
  }

  @Test
  void secret_isNeverInAMessageNorInToString() {
    Property<Secret> checked =
        Property.secret("Password").check(s -> s.reveal().length() > 9, "it is too short.").build();

    assertThat(PASSWORD.decode(List.of("hunter2"))).hasToString("******");
    assertThat(PASSWORD.decode(List.of("hunter2")).reveal()).isEqualTo("hunter2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> checked.decode(List.of("hunter2")))
        .withMessage("Password is ******: it is too short.");
  }

  @Test
  void check_saysItsSentence() {
    Property<Integer> even = Property.integer("N").check(n -> n % 2 == 0, "it is odd.").build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> even.decode(List.of("3")))
        .withMessage("N is '3': it is odd.");
  }

  @Test
  void build_refusesWhatContradictsItself() {
    assertThatIllegalStateException().isThrownBy(() -> Property.text("2nd").build());
    assertThatIllegalStateException().isThrownBy(() -> Property.text("a=b").build());
    assertThatIllegalStateException().isThrownBy(() -> Property.choice("Probe").build());
    assertThatIllegalStateException().isThrownBy(() -> Property.text("T").oneOf("a").build());
    assertThatIllegalStateException().isThrownBy(() -> Property.text("T").range("a", "b").build());
    assertThatIllegalStateException().isThrownBy(() -> Property.integer("N").range(2, 1).build());
    assertThatIllegalStateException()
        .isThrownBy(() -> Property.integer("N").range(1, 9).defaultsTo(10).build())
        .withMessageContaining("N")
        .withStackTraceContaining("at most 9");
    assertThatIllegalStateException()
        .isThrownBy(() -> Property.integer("N").required().defaultsTo(1).build());
    assertThatIllegalStateException()
        .isThrownBy(() -> Property.secret("S").defaultsTo(Secret.of("x")).build());
  }

  @Test
  void declaration_readBackFromItsParts_isEqual() {
    Property<Integer> port =
        Property.integer("Port")
            .range(1, 9)
            .defaultsTo(3)
            .help("where")
            .since("0.2.0")
            .effect(Property.Effect.LIVE)
            .build();

    Property<?> again =
        Property.of(port.kind(), port.name())
            .atLeastText(port.minimumText().orElseThrow())
            .atMostText(port.maximumText().orElseThrow())
            .defaultsToText(port.defaultText().orElseThrow())
            .help(port.help())
            .since(port.since())
            .effect(port.effect())
            .build();

    assertThat(again).isEqualTo(port).hasSameHashCodeAs(port);
    assertThat(again).isNotEqualTo(Property.integer("Port").build());
  }

  @ParameterizedTest
  @EnumSource(Property.Kind.class)
  void of_knowsEveryKind(Property.Kind kind) {
    Property.Builder<?> builder = Property.of(kind, "Name");
    Property<?> property =
        (kind == Property.Kind.CHOICE ? builder.oneOf("a", "b") : builder).build();

    assertThat(property.kind()).isEqualTo(kind);
  }

  @Test
  void values_cannotBeChangedFromOutside() {
    var typed = new ArrayList<>(List.of("a"));
    List<String> decoded = ARGUMENTS.decode(typed);
    typed.add("b");

    assertThat(decoded).containsExactly("a").isUnmodifiable();
    assertThat(PROBE.choices()).isUnmodifiable();
    assertThat(PORT.encode(1)).isUnmodifiable();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20260101, 4711})
  void canonicalText_ofAnyValue_isAFixedPoint(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      String what = "seed " + seed + ", round " + i;
      Duration duration = Duration.ofNanos(random.nextLong(Property.DURATION_MAX.toSeconds()));
      Duration coarse = Duration.ofSeconds(random.nextLong(Property.DURATION_MAX.toSeconds()));
      long bytes = random.nextLong(1L << random.nextInt(1, 59));

      assertThat(INTERVAL.decode(INTERVAL.encode(duration))).as(what).isEqualTo(duration);
      assertThat(INTERVAL.decode(INTERVAL.encode(coarse))).as(what).isEqualTo(coarse);
      assertThat(LIMIT.decode(LIMIT.encode(bytes))).as(what).isEqualTo(bytes);
    }
  }
}
