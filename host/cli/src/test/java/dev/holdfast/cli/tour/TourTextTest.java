package dev.holdfast.cli.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cli.session.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TourTextTest {
  static List<String> names() {
    return Tours.NAMES;
  }

  @Test
  void paragraphsAreSteps_andALineThatBeginsWithABlankGoesOn() {
    Tour tour =
        TourText.parse(
            "Q1",
            """
            title A story
            end   It ends
              well.

            # a comment
            say   First
            run   holdfast status
              -o json
            shows ready
            shows node
            takes pid pid (\\d+)

            until holdfast events
            hides error
            exits 3
            look  Here.

            beside exchange winlogon
            """);

    assertThat(tour.title()).isEqualTo("A story");
    assertThat(tour.end()).isEqualTo("It ends well.");
    assertThat(tour.steps()).hasSize(3);
    Step first = tour.steps().getFirst();
    assertThat(first.command()).isEqualTo("holdfast status -o json");
    assertThat(first.shows()).containsExactly("ready", "node");
    assertThat(first.takes().orElseThrow().pattern().pattern()).isEqualTo("pid (\\d+)");
    Step second = tour.steps().get(1);
    assertThat(second.manner()).isEqualTo(Step.Manner.UNTIL_AS_TOLD);
    assertThat(second.exitCode()).isEqualTo(3);
    assertThat(second.hides()).containsExactly("error");
    assertThat(second.look()).isEqualTo("Here.");
    assertThat(tour.steps().getLast().manner()).isEqualTo(Step.Manner.BESIDE);
  }

  @Test
  void whatIsNotWrittenLikeThat_isRefused() {
    assertThatThrownBy(() -> TourText.parse("Q1", "title T\n"))
        .hasMessageContaining("has no steps");
    assertThatThrownBy(() -> TourText.parse("Q1", "title T\n\nsay Nothing to do\n"))
        .hasMessageContaining("has no command");
    assertThatThrownBy(() -> TourText.parse("Q1", "title T\n\nrum ls\n"))
        .hasMessageContaining("\"rum\"");
  }

  @ParameterizedTest
  @MethodSource("names")
  void eachTourIsWrittenLikeThat_tellsAllAlong_andChecksWhatItTells(String name) {
    Tour tour = Tours.find(name);

    assertThat(tour.title()).isNotEmpty();
    assertThat(tour.end()).isNotEmpty();
    assertThat(tour.steps()).hasSizeGreaterThan(5);
    assertThat(tour.steps().stream().filter(step -> !step.say().isEmpty()).count())
        .isGreaterThan(3);
    assertThat(tour.steps().stream().filter(step -> !step.shows().isEmpty()).count())
        .isGreaterThan(5);
  }

  @Test
  void aNameMayBeTypedInSmallLetters_andAnUnknownOneIsAFailure() {
    assertThat(Tours.find("q316772").name()).isEqualTo("Q316772");
    assertThatThrownBy(() -> Tours.find("Q1"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("Q316772, Q192493");
  }
}
