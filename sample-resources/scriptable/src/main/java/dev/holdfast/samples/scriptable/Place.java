package dev.holdfast.samples.scriptable;

import java.util.Optional;

/** Where a step happens: while the type is loaded, or in an entry point. */
enum Place {
  LOAD("load"),
  OPEN("open"),
  FIND("find"),
  ONLINE("online"),
  OFFLINE("offline"),
  TERMINATE("terminate"),
  LOOKS_ALIVE("looksAlive"),
  IS_ALIVE("isAlive"),
  CLOSE("close");

  private final String word;

  Place(String word) {
    this.word = word;
  }

  /** As it is written in scripts and journals. */
  String word() {
    return word;
  }

  boolean isHealth() {
    return this == LOOKS_ALIVE || this == IS_ALIVE;
  }

  /** Whether the host waits for it with a call, which can be cancelled and told of progress. */
  boolean hasCall() {
    return this != LOAD && this != OPEN && this != CLOSE;
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
