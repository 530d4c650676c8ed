package dev.holdfast.cli.audit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Looks, and looks again where something seems broken: a cluster that works is never still, and one
 * look is not one moment. A finding counts when it was there in every look of {@link #BOUND}.
 */
final class Auditor {
  /**
   * Longer than anything takes that is none of the service's reasons: a stopped monitor is replaced
   * after 1.5 s, one without a service has left after 3 s.
   */
  static final Duration BOUND = Duration.ofSeconds(4);

  /** So many looks at least, however long one takes. */
  static final int LOOKS_MIN = 4;

  private static final Duration BETWEEN = Duration.ofMillis(400);

  /** Lets time pass, and tells it. */
  interface Time {
    /** Time since whenever. */
    Duration now();

    void pass(Duration time) throws InterruptedException;
  }

  private final Supplier<Look> looks;
  private final List<Rule> rules;
  private final Time time;

  Auditor(Supplier<Look> looks, List<Rule> rules, Time time) {
    this.looks = looks;
    this.rules = List.copyOf(rules);
    this.time = time;
  }

  /** Judges by as many looks as it takes. */
  AuditReport audit() throws InterruptedException {
    Duration start = time.now();
    Look look = looks.get();
    List<Judgement> judgements = rules.stream().map(rule -> rule.judge(look)).toList();
    Look last = look;
    int taken = 1;
    while (isAnyBroken(judgements)
        && (taken < LOOKS_MIN || time.now().minus(start).compareTo(BOUND) < 0)) {
      time.pass(BETWEEN);
      last = looks.get();
      taken++;
      judgements = confirmed(judgements, last);
    }
    return new AuditReport(last, judgements, taken, time.now().minus(start));
  }

  private static boolean isAnyBroken(List<Judgement> judgements) {
    return judgements.stream().anyMatch(j -> j.verdict() == Judgement.Verdict.BROKEN);
  }

  /** What is broken now and was in each look before; in the words of now. */
  private static List<Judgement> confirmed(List<Judgement> before, Look look) {
    List<Judgement> confirmed = new ArrayList<>();
    for (Judgement earlier : before) {
      confirmed.add(earlier.rule().judge(look).onlyIfAlsoIn(earlier));
    }
    return confirmed;
  }
}
