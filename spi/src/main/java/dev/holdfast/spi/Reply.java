package dev.holdfast.spi;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What {@link Resource#control} answers: a sentence for people and values for programs. What went
 * wrong is thrown, as everywhere. Immutable.
 */
public final class Reply {
  /** How long the sentence and each value may be, in chars. */
  public static final int TEXT_CHARS_MAX = 4_096;

  /** How many values there may be. */
  public static final int VALUES_MAX = 64;

  private static final int NAME_CHARS_MAX = 64;
  private static final Reply NOT_HANDLED = new Reply(false, "", Map.of());

  private final boolean handled;
  private final String message;
  private final Map<String, String> values;

  private Reply(boolean handled, String message, Map<String, String> values) {
    this.handled = handled;
    this.message = message;
    this.values = values;
  }

  /**
   * It was done.
   *
   * @param message what was done, for people; may be empty
   * @throws IllegalArgumentException when it is longer than {@link #TEXT_CHARS_MAX}
   */
  public static Reply done(String message) {
    return new Reply(true, requireShort("The message", message, TEXT_CHARS_MAX), Map.of());
  }

  /** The type does not know the control: a declaration without code is its author's mistake. */
  public static Reply notHandled() {
    return NOT_HANDLED;
  }

  /**
   * The same with one more value; values keep their order.
   *
   * @throws IllegalArgumentException when a text is too long, or there are {@link #VALUES_MAX}
   */
  public Reply with(String name, String value) {
    var more = new LinkedHashMap<>(values);
    more.put(
        requireShort("A value's name", name, NAME_CHARS_MAX),
        requireShort("The value " + name, value, TEXT_CHARS_MAX));
    if (more.size() > VALUES_MAX) {
      throw new IllegalArgumentException("A reply has at most " + VALUES_MAX + " values.");
    }
    return new Reply(handled, message, Collections.unmodifiableMap(more));
  }

  public boolean isHandled() {
    return handled;
  }

  public String message() {
    return message;
  }

  /** In the order in which they were given. */
  public Map<String, String> values() {
    return values;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Reply reply
        && reply.handled == handled
        && reply.message.equals(message)
        && reply.values.equals(values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(handled, message, values);
  }

  @Override
  public String toString() {
    return handled ? message + values : "not handled";
  }

  private static String requireShort(String what, String text, int charsMax) {
    if (text.length() > charsMax) {
      throw new IllegalArgumentException(
          what + " is longer than " + charsMax + " characters; shorten it.");
    }
    return text;
  }
}
