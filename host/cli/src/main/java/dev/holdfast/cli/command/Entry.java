package dev.holdfast.cli.command;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A line of the command tree.
 *
 * @param example whole commands, a line each
 * @param maker makes the object that holds the options and does the work; null when there are only
 *     verbs below
 */
record Entry(
    String name,
    String description,
    String example,
    @Nullable Supplier<Verb> maker,
    List<Entry> children) {

  static Entry noun(String name, String description, String example, Entry... verbs) {
    return new Entry(name, description, example, null, List.of(verbs));
  }

  static Entry verb(String name, String description, String example, Supplier<Verb> maker) {
    return new Entry(name, description, example, maker, List.of());
  }

  static Entry both(
      String name, String description, String example, Supplier<Verb> maker, Entry... verbs) {
    return new Entry(name, description, example, maker, List.of(verbs));
  }
}
