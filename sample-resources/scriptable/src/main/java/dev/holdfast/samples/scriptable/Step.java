package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Property;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * One line of a script: {@code PLACE: [once] VERB ARGUMENTS}, for example {@code online: delay 2s}
 * or {@code find: once halt 9}.
 *
 * @param line the line as it was written
 * @param place where it happens
 * @param once whether it happens the first time only, across every death
 * @param verb what it does
 * @param arguments as many as the verb's form has
 */
record Step(String line, Place place, boolean once, Verb verb, List<String> arguments) {
  private static final Property<Duration> DURATION = Property.duration("DURATION").build();
  private static final Property<Long> SIZE =
      Property.size("SIZE").atMost((long) Integer.MAX_VALUE).build();
  private static final Property<Integer> COUNT =
      Property.integer("COUNT").range(0, 1_000_000).build();

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException with a whole sentence
   */
  static Step parse(String line) {
    int colon = line.indexOf(':');
    Place place =
        Place.of(colon < 0 ? line : line.substring(0, colon).strip())
            .orElseThrow(() -> wrong(line, "a place and a colon are needed first: " + places()));
    return parse(line, place, line.substring(colon + 1).strip());
  }

  private static Step parse(String line, Place place, String rest) {
    if (rest.startsWith("once ")) {
      Step step = parse(line, place, rest.substring("once ".length()).strip());
      return new Step(line, place, true, step.verb, step.arguments);
    }
    String[] verbAndRest = rest.split("\\s+", 2);
    Verb verb =
        Verb.of(verbAndRest[0])
            .orElseThrow(() -> wrong(line, "'" + verbAndRest[0] + "' is none of " + verbs(place)));
    if (!verb.isPossibleIn(place)) {
      throw wrong(line, verb.word() + " is not possible in " + place.word());
    }
    List<String> arguments = arguments(line, verb, verbAndRest.length < 2 ? "" : verbAndRest[1]);
    var step = new Step(line, place, false, verb, arguments);
    step.requireReadable();
    return step;
  }

  private static List<String> arguments(String line, Verb verb, String rest) {
    int expected = verb.form().isEmpty() ? 0 : verb.form().split(" ").length;
    List<String> arguments =
        expected == 0
            ? Stream.of(rest).filter(text -> !text.isEmpty()).toList()
            : List.of(rest.split("\\s+", expected));
    if (arguments.size() != expected || arguments.contains("")) {
      throw wrong(line, "it is written " + (verb.word() + " " + verb.form()).strip());
    }
    return arguments;
  }

  /** The step that this one does elsewhere. */
  Step inner() {
    return parse(line, place, arguments.get(0));
  }

  Duration duration(int index) {
    return DURATION.decode(List.of(arguments.get(index)));
  }

  int bytes() {
    return Math.toIntExact(SIZE.decode(List.of(arguments.get(0))));
  }

  int number(int index) {
    return COUNT.decode(List.of(arguments.get(index)));
  }

  /** The argument that is the rest of the line. */
  String reason() {
    return arguments.get(arguments.size() - 1);
  }

  /** As much text as the step says. */
  String text() {
    return "x".repeat(bytes());
  }

  /** Whether {@code fail} and {@code huge} are answers here; elsewhere they are thrown. */
  boolean isAnswer() {
    return place.isHealth() || (place == Place.FIND && verb == Verb.HUGE);
  }

  /** What a throw-class throws. */
  Throwable throwable() {
    String name = arguments.get(0);
    try {
      return Class.forName(name)
          .asSubclass(Throwable.class)
          .getConstructor(String.class)
          .newInstance(reason());
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IllegalArgumentException(
          name + " is nothing that can be thrown with a sentence", e);
    }
  }

  /** Everything is read once while it is parsed, so that nothing is found wrong later. */
  private void requireReadable() {
    try {
      List<String> form = List.of(verb.form().split(" "));
      for (int i = 0; i < form.size(); i++) {
        switch (form.get(i)) {
          case "DURATION" -> duration(i);
          case "SIZE" -> bytes();
          case "COUNT", "CODE", "EPOCH" -> requireNumberUnlessThrow(i);
          case "RESPONSIBILITY" -> Responsibility.valueOf(arguments.get(i));
          case "RETRY" -> Retry.valueOf(arguments.get(i));
          case "STEP" -> inner();
          case "CLASS" -> throwable();
          default -> {}
        }
      }
    } catch (IllegalArgumentException e) {
      throw wrong(line, String.valueOf(e.getMessage()).replaceFirst("\\.$", ""));
    }
  }

  private void requireNumberUnlessThrow(int index) {
    if (verb != Verb.THROW) {
      number(index);
    } else if (!arguments.get(index).matches("[A-Z][A-Za-z0-9]{0,63}")) {
      throw new IllegalArgumentException("a code is a capital, then letters and digits");
    }
  }

  private static String places() {
    return String.join(", ", Stream.of(Place.values()).map(Place::word).toList());
  }

  private static String verbs(Place place) {
    return String.join(
        ", ", Stream.of(Verb.values()).filter(v -> v.isPossibleIn(place)).map(Verb::word).toList());
  }

  private static IllegalArgumentException wrong(String line, String why) {
    return new IllegalArgumentException("The step '" + line + "' cannot be read: " + why + ".");
  }
}
