package dev.holdfast.cli.command;

import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong with a command as it was typed. */
public final class Usage {
  private Usage() {}

  /** The failure to end with. */
  public static Failure failure(ParameterException wrong) {
    CommandLine at = wrong.getCommandLine();
    String name = at.getCommandSpec().qualifiedName();
    String said = wrong.getMessage() == null ? "wrong usage" : wrong.getMessage();
    if (wrong instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      said = unmatched(at, unmatched.getUnmatched().getFirst());
    } else if (!at.getSubcommands().isEmpty() && said.startsWith("Missing required subcommand")) {
      said = "what about it? " + String.join(", ", at.getSubcommands().keySet());
    }
    String where = name.contains(" ") ? name.substring(name.indexOf(' ') + 1) + ": " : "";
    String sentence = said.endsWith(".") || said.endsWith("?") ? said : said + ".";
    return new Failure(ExitCode.USAGE, where + sentence + " See: " + name + " --help", wrong);
  }

  private static String unmatched(CommandLine at, String typed) {
    boolean option = typed.startsWith("-");
    List<String> known =
        option
            ? at.getCommandSpec().options().stream().map(o -> o.longestName()).toList()
            : List.copyOf(at.getSubcommands().keySet());
    if (!option && known.isEmpty()) {
      return "\"" + typed + "\" is one word too many";
    }
    String what = option ? "option" : "command";
    return "unknown "
        + what
        + " \""
        + typed
        + "\""
        + nearest(typed, known).map(n -> "; the nearest is " + n).orElse("");
  }

  /**
   * The known word that is meant most likely: the one that begins with what was typed, else the one
   * with the fewest letters to change, if those are less than half of what was typed.
   */
  static Optional<String> nearest(String typed, List<String> known) {
    String wanted = typed.toLowerCase(Locale.ROOT);
    String best = null;
    int fewest = (wanted.length() - (wanted.startsWith("--") ? 2 : 0)) / 2 + 1;
    for (String word : known) {
      int changes = word.startsWith(wanted) ? 0 : changes(wanted, word);
      if (changes < fewest) {
        fewest = changes;
        best = word;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Letters to insert, delete, replace, or swap with the next one. */
  private static int changes(String a, String b) {
    var cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        cost[i][j] =
            Math.min(
                cost[i - 1][j - 1] + (same ? 0 : 1), Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
