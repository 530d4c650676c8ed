package dev.holdfast.samples.scriptable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepTest {
  @Test
  void step_isReadWithItsArguments() {
    Step step = Step.parse("ISALIVE:  once fail it is  sick");

    assertThat(step.place()).isEqualTo(Place.IS_ALIVE);
    assertThat(step.once()).isTrue();
    assertThat(step.verb()).isEqualTo(Verb.FAIL);
    assertThat(step.reason()).isEqualTo("it is  sick");
    assertThat(Step.parse("online: delay 2s").duration(0)).isEqualTo(Duration.ofSeconds(2));
    assertThat(Step.parse("online: progress 3 10ms").number(0)).isEqualTo(3);
    assertThat(Step.parse("find: foreign 7 node b").arguments()).containsExactly("7", "node b");
    assertThat(Step.parse("find: in-static-init halt 3").inner().verb()).isEqualTo(Verb.HALT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "online",
        "online:",
        "onlin: hang",
        "online: hanng",
        "online: hang now",
        "online: delay",
        "online: delay 2",
        "online: alive",
        "find: fail",
        "staticInit: fail x",
        "open: wait",
        "find: foreign b 7",
        "online: halt many",
        "isAlive: token 1KiB",
        "close: huge 1KiB",
        "online: throw-class java.lang.String x",
        "online: throw-class no.such.Class x",
        "online: throw lower USER HERE x",
        "online: throw Code SOMEONE HERE x",
        "online: in-static-init dance"
      })
  void step_thatCannotBeRead_isRefusedWithASentence(String line) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Step.parse(line))
        .withMessageStartingWith("The step '" + line + "' cannot be read: ");
  }

  @ParameterizedTest
  @EnumSource(Verb.class)
  void verb_isInTheReadme(Verb verb) throws IOException {
    assertThat(Files.readString(Path.of("README.md"))).containsPattern("`" + verb.word() + "[` ]");
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void place_isInTheReadme(Place place) throws IOException {
    assertThat(Files.readString(Path.of("README.md")))
        .contains("`" + place.property().name() + "`");
  }

  @Test
  void script_leavesOutBlankLinesAndRemarks() {
    assertThat(Script.parse(List.of("", " # remark", " find: hang "))).hasSize(1);
  }
}
