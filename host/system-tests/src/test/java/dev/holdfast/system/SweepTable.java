package dev.holdfast.system;

import dev.holdfast.failpoint.FailPoint;
import dev.holdfast.failpoint.Moment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What a sweep has covered: a line for each point, a column for each action. */
final class SweepTable {
  private final Map<SweepAction, Map<String, Long>> coverage;
  private final Collection<SweepCase.Result> results;

  SweepTable(Map<SweepAction, Map<String, Long>> coverage, Collection<SweepCase.Result> results) {
    this.coverage = coverage;
    this.results = results;
  }

  /**
   * The table, with a column for each action whose coverage was counted. A cell has how often the
   * action hits the point, and behind it a letter for each kind of strike that was made: {@code h}
   * halt, {@code s} enospc, {@code e} eio; {@code !} when one of them broke a rule.
   */
  List<String> lines() {
    var lines = new ArrayList<String>();
    List<SweepAction> actions = List.copyOf(coverage.keySet());
    var header = new StringBuilder("%-44s".formatted("point"));
    actions.forEach(action -> header.append(" %17s".formatted(action)));
    lines.add(header.toString());
    for (FailPoint place : FailPoint.all()) {
      for (Moment moment : Moment.values()) {
        String point = place.name(moment);
        var line = new StringBuilder("%-44s".formatted(point));
        actions.forEach(action -> line.append(" %17s".formatted(cell(action, point))));
        lines.add(line.toString());
      }
    }
    return lines;
  }

  private String cell(SweepAction action, String point) {
    long hits = coverage.getOrDefault(action, Map.of()).getOrDefault(point, 0L);
    var cell = new StringBuilder(hits == 0 ? "." : Long.toString(hits));
    cell.append(' ');
    results.stream()
        .filter(result -> result.struck() && result.of().action() == action)
        .filter(result -> result.of().first().point().equals(point))
        .map(SweepTable::mark)
        .distinct()
        .forEach(cell::append);
    return cell.toString();
  }

  private static String mark(SweepCase.Result result) {
    String deed =
        switch (result.of().first().deed()) {
          case "halt" -> "h";
          case "enospc" -> "s";
          case "eio" -> "e";
          default -> "?";
        };
    return result.isGood() ? deed : deed + "!";
  }
}
