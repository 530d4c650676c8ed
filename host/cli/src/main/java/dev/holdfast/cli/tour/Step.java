package dev.holdfast.cli.tour;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A step of a tour.
 *
 * @param say what is told before the command; may be empty
 * @param command a line for a shell; {@code {NAME}} is what an earlier step took
 * @param manner how it is run
 * @param exitCode what it has to end with
 * @param shows what its output has to have
 * @param hides what its output must not have
 * @param takes what later steps need of its output
 * @param look what to look at in the output; may be empty
 */
record Step(
    String say,
    String command,
    Manner manner,
    int exitCode,
    List<String> shows,
    List<String> hides,
    Optional<Taking> takes,
    String look) {
  Step {
    shows = List.copyOf(shows);
    hides = List.copyOf(hides);
  }

  /** How a command is run. */
  enum Manner {
    ONCE,
    /** Again and again, until it goes as told: what is waited for comes by itself. */
    UNTIL_AS_TOLD,
    /** It goes on while the tour does; the next step begins when its output is as told. */
    BESIDE
  }

  /** The first group of a pattern, under a name. */
  record Taking(String name, Pattern pattern) {}
}
