package dev.holdfast.cli.audit;

import java.util.List;

/**
 * What a rule came to.
 *
 * @param lookedAt what was looked at, or why nothing was
 */
record Judgement(Rule rule, Verdict verdict, String lookedAt, List<Finding> findings) {
  /** How a rule stands. */
  enum Verdict {
    HOLDS("holds"),
    BROKEN("BROKEN"),
    /** What it needs could not be seen; it says nothing. */
    NOT_LOOKED_AT("not looked at");

    private final String label;

    Verdict(String label) {
      this.label = label;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  Judgement {
    findings = List.copyOf(findings);
  }

  static Judgement of(Rule rule, String lookedAt, List<Finding> findings) {
    return new Judgement(
        rule, findings.isEmpty() ? Verdict.HOLDS : Verdict.BROKEN, lookedAt, findings);
  }

  static Judgement notLookedAt(Rule rule, String why) {
    return new Judgement(rule, Verdict.NOT_LOOKED_AT, why, List.of());
  }

  /** With only those findings that an earlier look had, too. */
  Judgement onlyIfAlsoIn(Judgement earlier) {
    List<String> known = earlier.findings().stream().map(Finding::identity).toList();
    return verdict == Verdict.NOT_LOOKED_AT
        ? this
        : of(rule, lookedAt, findings.stream().filter(f -> known.contains(f.identity())).toList());
  }
}
