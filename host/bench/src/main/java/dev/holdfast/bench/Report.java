package dev.holdfast.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** Tables for people, which can be pasted into a document. */
final class Report {
  private final PrintStream out;
  private final InstantSource clock;

  Report(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
  }

  /** Begins a table; its rows are in milliseconds. */
  void table(String title) throws IOException {
    out.printf("%n### %s%n%n", title);
    out.printf("%s, load %s; %s. Milliseconds.%n%n", now(), Machine.load(), Machine.describe());
    out.println("| what | n | p50 | p90 | max | goal |");
    out.println("| --- | --: | --: | --: | --: | --- |");
    out.flush();
  }

  /** Begins a table of what grows. */
  void growth(String title) throws IOException {
    out.printf("%n### %s%n%n", title);
    out.printf("%s, load %s; %s.%n%n", now(), Machine.load(), Machine.describe());
    out.println(
        "| cycles | at | heap after a full collection, KiB | RSS, KiB | threads | descriptors |"
            + " database, KiB |");
    out.println("| --: | --- | --: | --: | --: | --: | --: |");
    out.flush();
  }

  void growthRow(int cycles, CyclesBench.Figures figures) {
    out.printf(
        "| %,d | %s | %,d | %,d | %d | %d | %,d |%n",
        cycles,
        now(),
        figures.heapKib(),
        figures.residentKib(),
        figures.threads(),
        figures.descriptors(),
        figures.databaseKib());
    out.flush();
  }

  /** Begins a table of figures of one kind, in milliseconds. */
  void figuresTable(String title, String... columns) throws IOException {
    out.printf("%n### %s%n%n", title);
    out.printf("%s, load %s; %s. Milliseconds.%n%n", now(), Machine.load(), Machine.describe());
    out.println("| what | " + String.join(" | ", columns) + " |");
    out.println("| --- |" + " --: |".repeat(columns.length));
    out.flush();
  }

  /** A row of {@link #figuresTable}. */
  void figures(String what, String... columns) {
    out.println("| " + what + " | " + String.join(" | ", columns) + " |");
    out.flush();
  }

  /** What was measured, and what it was to be. */
  void row(String what, Series series, double goalMillis) {
    boolean met = series.p50Millis() <= goalMillis;
    row(what, series, "p50 at most %s: %s".formatted(goalText(goalMillis), met ? "met" : "MISSED"));
  }

  /** A floor, a peer, or a part of something. */
  void row(String what, Series series) {
    row(what, series, "");
  }

  private void row(String what, Series series, String goal) {
    out.printf("| %s | %s | %s |%n", what, series.columns(), goal);
    out.flush();
  }

  /** Ends a table: how busy the machine was by then. */
  void end() throws IOException {
    out.printf("%nEnded %s, load %s.%n", now(), Machine.load());
    out.flush();
  }

  /** A sentence below a table. */
  void say(String sentence) {
    out.println();
    out.println(sentence);
    out.flush();
  }

  private static String goalText(double millis) {
    return millis == Math.rint(millis) ? Long.toString((long) millis) : Series.text(millis);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
