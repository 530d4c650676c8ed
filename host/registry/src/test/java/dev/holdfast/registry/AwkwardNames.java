package dev.holdfast.registry;

import java.util.Random;
import java.util.TreeSet;

/** Names on which an order by a few bytes of them could go wrong; a few hundred in all. */
final class AwkwardNames {
  /** Long and alike up to their ends. */
  private static final String LONG = "Long".repeat(60);

  private final Random random;

  AwkwardNames(Random random) {
    this.random = random;
  }

  /** For a key: without backslash, not empty, at most 255 units. */
  String key() {
    return anyCase(
        switch (random.nextInt(9)) {
          case 0 -> "Resource %04d".formatted(random.nextInt(80));
          case 1 -> LONG + random.nextInt(40);
          case 2 -> "{%08x-0000}".formatted(random.nextInt(40) << 20);
          // Around the last unit that is one byte of a head, and those that Windows raises to it.
          case 3 -> "w" + (char) (0xFC + random.nextInt(6)) + units(2, 0xFC, 6);
          case 4 -> units(1 + random.nextInt(3), 0xD800, 3) + units(1, 0xDC00, 3);
          case 5 -> "привет".substring(0, 1 + random.nextInt(6)) + random.nextInt(4);
          // NUL is a unit as others are; where a name ends there is none.
          case 6 -> "n" + "\0".repeat(random.nextInt(12)) + (random.nextBoolean() ? "" : "z");
          // The greatest head that there is.
          case 7 -> "\uFFFF".repeat(2) + units(2, 0xFFFE, 2) + units(1, 'a', 3);
          default -> "a".repeat(1 + random.nextInt(20));
        });
  }

  /** For a value: empty and very long ones, too. */
  String value() {
    return switch (random.nextInt(10)) {
      case 0 -> "";
      case 1 -> "\\".repeat(random.nextInt(3)) + key();
      case 2 -> LONG.repeat(40) + random.nextInt(5);
      default -> key();
    };
  }

  /** At most so many, no two of them the same, in their order. */
  String[] several(int atMost) {
    var names = new TreeSet<>(NameOrder.IGNORING_CASE);
    for (int i = 0; i < atMost; i++) {
      names.add(value());
    }
    return names.toArray(new String[0]);
  }

  private String units(int count, int from, int range) {
    var units = new StringBuilder();
    for (int i = 0; i < count; i++) {
      units.append((char) (from + random.nextInt(range)));
    }
    return units.toString();
  }

  /** The name, or the same one in upper case. */
  String anyCase(String name) {
    if (random.nextBoolean()) {
      return name;
    }
    var upper = new StringBuilder();
    name.chars().forEach(unit -> upper.append(NameOrder.upcase((char) unit)));
    return upper.toString();
  }
}
