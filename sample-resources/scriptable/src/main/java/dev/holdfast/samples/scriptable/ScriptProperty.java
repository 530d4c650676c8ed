package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import java.util.ArrayList;
import java.util.List;

/** The property that both types have. */
final class ScriptProperty {
  static final Property<List<String>> SCRIPT =
      Property.list("Script")
          .defaultsTo(List.of())
          .help("Steps, each as PLACE: [once] VERB ARGUMENTS; a file named script overrides them.")
          .build();

  private ScriptProperty() {}

  static List<Problem> problems(Properties properties) {
    var problems = new ArrayList<Problem>();
    for (String line : properties.get(SCRIPT)) {
      try {
        Script.parse(List.of(line));
      } catch (IllegalArgumentException e) {
        problems.add(new Problem(SCRIPT.name(), String.valueOf(e.getMessage())));
      }
    }
    return problems;
  }
}
