package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Property;
import java.util.List;
import java.util.Optional;

/** Where a step happens: in the type itself, or in an entry point of a resource. */
enum Place {
  STATIC_INIT("staticInit", "while its class is initialised"),
  CONSTRUCTOR("constructor", "while the type is made"),
  DESCRIPTION("description", "when the type is asked what it is"),
  VALIDATE("validate", "when properties are checked"),
  OPEN("open", "when the resource is opened"),
  FIND("find", "when the host looks whether it runs"),
  ONLINE("online", "when it is brought online"),
  ADOPT("adopt", "when it is taken over from a stranger, whom AtFind has made up"),
  OFFLINE("offline", "when it is taken offline"),
  TERMINATE("terminate", "when it is terminated"),
  LOOKS_ALIVE("looksAlive", "at each cheap check"),
  IS_ALIVE("isAlive", "at each thorough check"),
  CONTROL("control", "when it is asked for a control"),
  CHANGED("changed", "when properties are changed while it is online"),
  CLOSE("close", "when it is closed");

  private final String word;

  @SuppressWarnings("ImmutableEnumChecker") // a declaration is immutable, and says so in words
  private final Property<List<String>> property;

  Place(String word, String when) {
    this.word = word;
    this.property =
        Property.list("At" + Character.toUpperCase(word.charAt(0)) + word.substring(1))
            .defaultsTo(List.of())
            .effect(Property.Effect.LIVE)
            .help("What to do " + when + ": steps, each as [once] VERB ARGUMENTS.")
            .build();
  }

  /** As it is written in scripts and journals. */
  String word() {
    return word;
  }

  /** The property that holds the steps for this place. */
  Property<List<String>> property() {
    return property;
  }

  boolean isHealth() {
    return this == LOOKS_ALIVE || this == IS_ALIVE;
  }

  /** Whether it is an entry point of a resource, which has a context, and not of its type. */
  boolean isOfResource() {
    return switch (this) {
      case STATIC_INIT, CONSTRUCTOR, DESCRIPTION, VALIDATE -> false;
      case OPEN,
          FIND,
          ONLINE,
          ADOPT,
          OFFLINE,
          TERMINATE,
          LOOKS_ALIVE,
          IS_ALIVE,
          CONTROL,
          CHANGED,
          CLOSE ->
          true;
    };
  }

  /** Whether the host waits for it with a call, which can be cancelled and told of progress. */
  boolean hasCall() {
    return isOfResource() && this != OPEN && this != CLOSE;
  }

  static Optional<Place> of(String word) {
    for (Place place : values()) {
      if (place.word.equalsIgnoreCase(word)) {
        return Optional.of(place);
      }
    }
    return Optional.empty();
  }
}
