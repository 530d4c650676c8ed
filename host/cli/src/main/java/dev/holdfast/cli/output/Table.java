package dev.holdfast.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Rows under headers, each column as wide as its widest cell. */
public final class Table {
  private static final String GAP = "  ";

  private final List<String> headers;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... headers) {
    this.headers = List.of(headers);
  }

  public Table row(String... cells) {
    return row(List.of(cells));
  }

  public Table row(List<String> cells) {
    rows.add(cells.stream().map(Text::oneLine).toList());
    return this;
  }

  /** The lines, without blanks at their ends. Only the headers when there is no row. */
  public List<String> lines() {
    int[] widths = new int[headers.size()];
    List<List<String>> all = new ArrayList<>();
    all.add(headers);
    all.addAll(rows);
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], Text.width(row.get(i)));
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : all) {
      var line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(Text.padded(row.get(i), widths[i])).append(GAP);
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
