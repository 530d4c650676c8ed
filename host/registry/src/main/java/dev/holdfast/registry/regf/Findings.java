package dev.holdfast.registry.regf;

import dev.holdfast.registry.regf.HiveFormatException.Problem;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a reader finds wrong with one file: the worst ends the reading, the rest is counted. */
final class Findings {
  private final String hive;
  private final Strictness strictness;
  private final Map<Oddity, HiveWarning> warnings = new EnumMap<>(Oddity.class);

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
  void odd(Oddity oddity, long offset, String field, String found) throws HiveFormatException {
    if (!strictness.tolerates(oddity)) {
      throw refused(
          oddity == Oddity.DIRTY ? Problem.DIRTY : Problem.DAMAGED,
          offset,
          field,
          oddity.sentence() + ": " + found);
    }
    warn(oddity, offset, field, found);
  }

  /** Counts what every strictness tolerates. */
  void warn(Oddity oddity, long offset, String field, String found) {
    warnings.merge(
        oddity,
        new HiveWarning(oddity, offset, field + ": " + found, 1),
        (first, _) ->
            new HiveWarning(oddity, first.firstOffset(), first.firstFound(), first.count() + 1));
  }

  List<HiveWarning> warnings() {
    return List.copyOf(warnings.values());
  }
}
