package dev.holdfast.cli.command;

import java.util.ArrayList;
import java.util.List;

/**
 * A dependency expression: names joined by {@code and} or commas; a name may stand in brackets, as
 * WSFC writes it. {@code or} is not known yet.
 */
final class Dependencies {
  private Dependencies() {}

  static List<String> read(String expression) {
    List<String> names = new ArrayList<>();
    for (String part : expression.split("(?i)\\s+and\\s+|,", -1)) {
      String name = part.strip();
      if (name.startsWith("[") && name.endsWith("]")) {
        name = name.substring(1, name.length() - 1).strip();
      }
      if (name.isEmpty()) {
        throw Verb.usage("\"" + expression + "\" is no dependency: a name is missing.");
      }
      if (name.matches("(?i).*\\]?\\s+or\\s+\\[?.*")) {
        throw Verb.usage(
            "\"" + expression + "\": \"or\" in a dependency comes in a later release.");
      }
      names.add(name);
    }
    return names;
  }
}
