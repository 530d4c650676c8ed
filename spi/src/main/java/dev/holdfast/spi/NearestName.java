package dev.holdfast.spi;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what someone probably meant to type. */
final class NearestName {
  private NearestName() {}

  /**
   * The candidate with the fewest slips of the finger from what was typed, ignoring case; empty
   * when even that one is too far (more than a third of it, and more than one slip).
   */
  static Optional<String> to(String typed, Collection<String> candidates) {
    String best = null;
    int bestSlips = Integer.MAX_VALUE;
    for (String candidate : candidates) {
      int slips = slips(typed.strip().toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (slips < bestSlips) {
        best = candidate;
        bestSlips = slips;
      }
    }
    if (best == null || bestSlips > Math.max(1, best.length() / 3)) {
      return Optional.empty();
    }
    return Optional.of(best);
  }

  /** Letters left out, put in, replaced, or swapped with their neighbour (optimal alignment). */
  private static int slips(String a, String b) {
    if (a.length() > 2 * b.length() + 2) {
      return a.length(); // far away whatever it is; saves the table for a pasted novel
    }
    var table = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        table[i][j] = i == 0 || j == 0 ? i + j : cheapest(table, a, b, i, j);
      }
    }
    return table[a.length()][b.length()];
  }

  private static int cheapest(int[][] table, String a, String b, int i, int j) {
    int replaced = table[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    int best = Math.min(replaced, 1 + Math.min(table[i - 1][j], table[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, table[i - 2][j - 2] + 1) : best;
  }
}
