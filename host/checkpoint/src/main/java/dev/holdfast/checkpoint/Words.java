package dev.holdfast.checkpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Choices by the words that people write for them. */
final class Words {
  private Words() {}

  static <E extends Enum<E>> E parse(Class<E> type, String what, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(each -> each.toString().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s is one of %s; found \"%s\""
                        .formatted(
                            what,
                            Arrays.stream(type.getEnumConstants())
                                .map(Object::toString)
                                .collect(Collectors.joining(", ")),
                            text)));
  }

  static String small(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }
}
