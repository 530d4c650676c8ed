package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * Properties as they are typed: {@code Name=value}; the same name again adds to a list; {@code
 * Name=} goes back to the default.
 */
final class Assignments {
  private Assignments() {}

  static ObjectNode read(List<String> typed) {
    return read("property", typed);
  }

  /**
   * The same for what people call something else.
   *
   * @param noun what one of them is called
   */
  static ObjectNode read(String noun, List<String> typed) {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    for (String assignment : typed) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        throw Verb.usage("\"" + assignment + "\" is no " + noun + "; it looks like Name=value.");
      }
      List<String> values =
          texts.computeIfAbsent(assignment.substring(0, equals), name -> new ArrayList<>());
      if (equals + 1 < assignment.length()) {
        values.add(assignment.substring(equals + 1));
      }
    }
    ObjectNode properties = Json.object();
    texts.forEach((name, values) -> values.forEach(properties.putArray(name)::add));
    return properties;
  }
}
