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

  /** The known word with the most pairs of letters in common. */
  static Optional<String> nearest(String typed, List<String> known) {
    String best = null;
    double most = 0.2; // less than that is no likeness
    for (String word : known) {
      double likeness = likeness(typed.toLowerCase(Locale.ROOT), word);
      if (likeness > most) {
        most = likeness;
        best = word;
      }
    }
    return Optional.ofNullable(best);
  }

  private static double likeness(String a, String b) {
    if (b.startsWith(a)) {
      return 1;
    }
    int common = 0;
    for (int i = 0; i + 1 < a.length(); i++) {
      common += b.contains(a.substring(i, i + 2)) ? 1 : 0;
    }
    return 2.0 * common / Math.max(1, a.length() + b.length() - 2);
  }
}
