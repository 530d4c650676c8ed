package dev.holdfast.cli.tour;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How a tour is written: paragraphs of lines, each a word and what belongs to it. The first
 * paragraph has the {@code title} and the {@code end}; each other one is a step.
 *
 * <pre>
 *   say    what is told first
 *   run    a line for the shell; or
 *   until  the same, again and again until it goes as told; or
 *   beside the same, left running
 *   shows  what its output has to have; may be given again
 *   hides  what it must not have; may be given again
 *   exits  what it has to end with, if that is not 0
 *   takes  NAME PATTERN: what {NAME} stands for in later steps
 *   look   what to look at
 * </pre>
 *
 * A line that begins with a blank goes on with the one before; one that begins with {@code #} is a
 * comment.
 */
final class TourText {
  private static final Map<String, Step.Manner> MANNERS =
      Map.of(
          "run", Step.Manner.ONCE,
          "until", Step.Manner.UNTIL_AS_TOLD,
          "beside", Step.Manner.BESIDE);
  private static final Set<String> WORDS = Set.of("say", "look", "title", "end");

  private TourText() {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException it is not written like that
   */
  static Tour parse(String name, String text) {
    List<List<String>> paragraphs = paragraphs(text);
    if (paragraphs.size() < 2) {
      throw new IllegalArgumentException("The tour " + name + " has no steps.");
    }
    var head = new Paragraph(paragraphs.getFirst());
    List<Step> steps =
        paragraphs.stream().skip(1).map(lines -> new Paragraph(lines).step()).toList();
    return new Tour(name, head.word("title"), steps, head.word("end"));
  }

  private static List<List<String>> paragraphs(String text) {
    List<List<String>> paragraphs = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (String line : (text + "\n").lines().toList()) {
      if (line.startsWith("#")) {
        continue;
      }
      if (line.isBlank()) {
        lines = new ArrayList<>();
      } else if (line.startsWith(" ") && !lines.isEmpty()) {
        lines.set(lines.size() - 1, lines.getLast() + " " + line.strip());
      } else {
        if (lines.isEmpty()) {
          paragraphs.add(lines);
        }
        lines.add(line);
      }
    }
    return paragraphs;
  }

  /** What was read of one paragraph. */
  private static final class Paragraph {
    private final Map<String, String> words = new HashMap<>();
    private final List<String> shows = new ArrayList<>();
    private final List<String> hides = new ArrayList<>();
    private Optional<Step.Taking> takes = Optional.empty();
    private Step.Manner manner = Step.Manner.ONCE;
    private String command = "";
    private int exitCode;

    Paragraph(List<String> lines) {
      lines.forEach(this::read);
    }

    private void read(String line) {
      String[] parts = line.split(" +", 2);
      String rest = parts.length < 2 ? "" : parts[1].strip();
      switch (parts[0]) {
        case "shows" -> shows.add(rest);
        case "hides" -> hides.add(rest);
        case "exits" -> exitCode = Integer.parseInt(rest);
        case "takes" -> takes = Optional.of(taking(rest));
        default -> readWord(parts[0], rest);
      }
    }

    private void readWord(String word, String rest) {
      Step.Manner found = MANNERS.get(word);
      if (found != null) {
        manner = found;
        command = rest;
      } else if (WORDS.contains(word)) {
        words.put(word, rest);
      } else {
        throw new IllegalArgumentException("A tour has no line \"" + word + "\".");
      }
    }

    private static Step.Taking taking(String text) {
      int blank = text.indexOf(' ');
      return new Step.Taking(
          text.substring(0, blank), Pattern.compile(text.substring(blank + 1).strip()));
    }

    String word(String name) {
      return words.getOrDefault(name, "");
    }

    Step step() {
      if (command.isEmpty()) {
        throw new IllegalArgumentException("A step has no command: \"" + word("say") + "\".");
      }
      return new Step(word("say"), command, manner, exitCode, shows, hides, takes, word("look"));
    }
  }
}
