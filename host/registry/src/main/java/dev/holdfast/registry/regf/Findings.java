package dev.holdfast.registry.regf;

import dev.holdfast.registry.regf.HiveFormatException.Problem;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What a reader finds wrong with one file: the worst ends the reading, the rest is counted. */
final class Findings {
  private final String hive;
  private final Strictness strictness;
  private final Map<Oddity, First> firsts = new EnumMap<>(Oddity.class);

  /**
   * The first of a kind. A small file can have a million of them, so only that one is described.
   */
  private static final class First {
    final long offset;
    final String text;
    long count = 1;

    First(long offset, String text) {
      this.offset = offset;
      this.text = text;
    }
  }

  Findings(String hive, Strictness strictness) {
    this.hive = hive;
    this.strictness = strictness;
  }

  HiveFormatException damaged(long offset, String field, String found) {
    return refused(Problem.DAMAGED, offset, field, found);
  }

  HiveFormatException refused(Problem problem, long offset, String field, String found) {
    return new HiveFormatException(hive, problem, offset, field, found);
  }

  /** Counts it; or refuses the file, if it has to be more exact than that. */
  void odd(Oddity oddity, long offset, String field, Supplier<String> description)
      throws HiveFormatException {
    if (!strictness.tolerates(oddity)) {
      throw refused(
          oddity == Oddity.DIRTY ? Problem.DIRTY : Problem.DAMAGED,
          offset,
          field,
          oddity.sentence() + ": " + description.get());
    }
    warn(oddity, offset, field, description);
  }

  /** Counts what every strictness tolerates. */
  void warn(Oddity oddity, long offset, String field, Supplier<String> description) {
    First first = firsts.get(oddity);
    if (first == null) {
      firsts.put(oddity, new First(offset, field + ": " + description.get()));
    } else {
      first.count++;
    }
  }

  List<HiveWarning> warnings() {
    var warnings = new ArrayList<HiveWarning>();
    firsts.forEach(
        (oddity, first) ->
            warnings.add(new HiveWarning(oddity, first.offset, first.text, first.count)));
    return List.copyOf(warnings);
  }
}
