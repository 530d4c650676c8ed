package dev.holdfast.service.event;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The types of the System log that MSCS wrote to; the most severe first. */
public enum EventType {
  ERROR("Error"),
  WARNING("Warning"),
  INFORMATION("Information");

  private final String text;

  EventType(String text) {
    this.text = text;
  }

  /** As it is shown, and written down: {@code Error}. */
  public String text() {
    return text;
  }

  /** The level that goes with it: {@code error}. */
  public String level() {
    return text.toLowerCase(Locale.ROOT);
  }

  /** Whether it is as severe as the other, or more. */
  public boolean isAtLeast(EventType other) {
    return compareTo(other) <= 0;
  }

  /** The type of this name, in any case. */
  public static Optional<EventType> find(String text) {
    return Arrays.stream(values()).filter(type -> type.text.equalsIgnoreCase(text)).findFirst();
  }
}
