package dev.holdfast.checkpoint.file;

import java.util.ArrayList;
import java.util.List;

/** Which lines of a small text are gone and which are new, the first few of each. */
final class LineDiff {
  private static final int SHOWN = 5;
  private static final int LONGEST = 120;

  /** Texts with more lines than this, apart from how they begin and end, are not aligned. */
  private static final int ALIGNED = 500;

  private final List<String> removed = new ArrayList<>();
  private final List<String> added = new ArrayList<>();

  LineDiff(String from, String to) {
    List<String> a = from.lines().toList();
    List<String> b = to.lines().toList();
    int start = 0;
    while (start < Math.min(a.size(), b.size()) && a.get(start).equals(b.get(start))) {
      start++;
    }
    int end = 0;
    while (end < Math.min(a.size(), b.size()) - start
        && a.get(a.size() - 1 - end).equals(b.get(b.size() - 1 - end))) {
      end++;
    }
    align(a.subList(start, a.size() - end), b.subList(start, b.size() - end));
  }

  /** The longest common subsequence is neither removed nor added. */
  private void align(List<String> a, List<String> b) {
    if (a.size() > ALIGNED || b.size() > ALIGNED) {
      removed.addAll(a);
      added.addAll(b);
      return;
    }
    int[][] common = new int[a.size() + 1][b.size() + 1];
    for (int i = a.size() - 1; i >= 0; i--) {
      for (int j = b.size() - 1; j >= 0; j--) {
        common[i][j] =
            a.get(i).equals(b.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      if (i < a.size() && j < b.size() && a.get(i).equals(b.get(j))) {
        i++;
        j++;
      } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
        removed.add(a.get(i++));
      } else {
        added.add(b.get(j++));
      }
    }
  }

  /** The lines that are gone, each after a minus. */
  String removed() {
    return shown(removed, "-");
  }

  /** The lines that are new, each after a plus. */
  String added() {
    return shown(added, "+");
  }

  private static String shown(List<String> lines, String sign) {
    var text = new ArrayList<String>();
    for (String line : lines.subList(0, Math.min(SHOWN, lines.size()))) {
      text.add(sign + (line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line));
    }
    if (lines.size() > SHOWN) {
      text.add("… %d more".formatted(lines.size() - SHOWN));
    }
    return String.join("\n", text);
  }
}
