package dev.holdfast.cli.audit;

import java.util.List;

/** Something that must be true of every cluster at any time, whatever died. */
interface Rule {
  /** All of them, in the order in which they are told. */
  List<Rule> ALL =
      List.of(
          new OneProcessPerSlot(),
          new TokensHaveRecords(),
          new ExternalsAreAccounted(),
          new OneProcessPerMonitor(),
          new OnlineIsPolled(),
          new TypesResolve(),
          new WantedIsActual(),
          new EventsAreGapless(),
          new OneIncidentPerDeath(),
          new NoZombies(),
          new NoTemporaryFiles(),
          new NothingGrows());

  /** A word for tables and programs. */
  String name();

  /** What it promises, in a sentence. */
  String promise();

  /** Judges by what was seen, and nothing else. */
  Judgement judge(Look look);
}
