package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Control;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What both types have in common: the script around whatever a type is asked. */
final class ScriptableType {
  static final Property<String> TEXT =
      Property.text("text").defaultsTo("").help("Given back.").build();
  private static final Control ECHO =
      Control.of("Echo")
          .help("Gives back what it is given; changes nothing.")
          .parameters(TEXT)
          .whileOffline()
          .readOnly()
          .build();
  private static final Control POKE =
      Control.of("Poke")
          .help("Does what the script says for control, within 5 s.")
          .parameters(TEXT)
          .limit(Duration.ofSeconds(5))
          .build();

  private ScriptableType() {}

  static void initialised() {
    var _ = TypeScript.perform(Place.STATIC_INIT);
  }

  static void constructed() {
    var _ = TypeScript.perform(Place.CONSTRUCTOR);
  }

  /** The description, as the script will have it. */
  @SuppressWarnings("NullAway") // returning null against the contract is what it is for
  static Description description(String name, Lives lives, List<Property<?>> own) {
    Optional<Step> answering = TypeScript.perform(Place.DESCRIPTION);
    if (answering.isEmpty()) {
      return plainDescription(name, lives, own);
    }
    return answering.get().verb() == Verb.NULL ? null : plainDescription("Not " + name, lives, own);
  }

  /** The true description: what the type has of its own, then a property for each place. */
  static Description plainDescription(String name, Lives lives, List<Property<?>> own) {
    var properties = new ArrayList<Property<?>>(own);
    for (Place place : Place.values()) {
      properties.add(place.property());
    }
    return Description.of(name).lives(lives).properties(properties).controls(ECHO, POKE).build();
  }

  /** What cannot be read in the properties; when all can, what AtValidate says is done. */
  @SuppressWarnings("NullAway") // returning null against the contract is what it is for
  static List<Problem> validate(Properties properties) {
    List<Problem> problems = Script.problems(properties);
    if (!problems.isEmpty()) {
      return problems;
    }
    try {
      List<Step> steps =
          Script.parse(Script.lines(properties)).stream()
              .filter(step -> step.place() == Place.VALIDATE)
              .toList();
      Optional<Step> answering = new Performance(null, null).perform(steps);
      return answering.isPresent() ? null : List.of();
    } catch (Throwable thrown) {
      // Whatever it was: a type may throw anything, and this one is to.
      throw AsItIs.raise(thrown);
    }
  }
}
