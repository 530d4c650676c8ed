package dev.holdfast.service.api;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name somebody probably meant. */
public final class NearestName {
  private NearestName() {}

  /**
   * The known name that is the fewest edits away from what was typed, ignoring case; empty when
   * none is near: more than a third of the letters would have to change.
   */
  public static Optional<String> to(String typed, Collection<String> known) {
    String nearest = null;
    int fewest = Integer.MAX_VALUE;
    String wanted = typed.toLowerCase(Locale.ROOT);
    for (String name : known) {
      int edits = edits(wanted, name.toLowerCase(Locale.ROOT));
      if (edits < fewest && edits <= Math.max(1, Math.max(name.length(), wanted.length()) / 3)) {
        fewest = edits;
        nearest = name;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /** Insertions, deletions, substitutions, and neighbours that changed places. */
  private static int edits(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int substitution = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least =
            Math.min(
                cost[i - 1][j - 1] + substitution, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        cost[i][j] = swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
      }
    }
    return cost[a.length()][b.length()];
  }
}
