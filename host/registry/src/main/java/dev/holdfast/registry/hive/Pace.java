package dev.holdfast.registry.hive;

/** At what pace long work on a tree goes on. */
@FunctionalInterface
interface Pace {
  /** Without a rest: for work that nobody commits beside, such as an opening. */
  Pace FULL = () -> {};

  /** To be called after each small piece of the work: a key, or some ten thousand bytes. */
  void step();
}
