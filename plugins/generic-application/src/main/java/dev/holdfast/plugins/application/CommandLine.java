package dev.holdfast.plugins.application;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a command line into words by the quoting rules of a POSIX shell (XCU 2.2), without a
 * shell:
 *
 * <ul>
 *   <li>blanks, tabs and line ends separate words;
 *   <li>a backslash takes the next character as it is; before a line end both are left out;
 *   <li>single quotes take everything up to the next one as it is;
 *   <li>double quotes take everything, except that a backslash in them takes the next character as
 *       it is when that is one of {@code $ ` " \} or a line end.
 * </ul>
 *
 * Nothing is expanded and nothing has a meaning: {@code $HOME}, {@code *}, {@code ~}, {@code |} and
 * {@code #} are ordinary characters.
 */
final class CommandLine {
  /** Why a command line cannot be split, and where. */
  static final class UnbalancedException extends Exception {
    private static final long serialVersionUID = 1L;

    private UnbalancedException(String what, int position) {
      super(what + " at position " + position);
    }
  }

  private final String line;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean inWord;
  private int at;

  private CommandLine(String line) {
    this.line = line;
  }

  /**
   * The words of a command line; none when it is blank.
   *
   * @throws UnbalancedException naming the position (1 upward) of what is not closed
   */
  static List<String> split(String line) throws UnbalancedException {
    return new CommandLine(line).split();
  }

  private List<String> split() throws UnbalancedException {
    while (at < line.length()) {
      char c = line.charAt(at++);
      switch (c) {
        case ' ', '\t', '\n' -> endWord();
        case '\'' -> singleQuoted();
        case '"' -> doubleQuoted();
        case '\\' -> escaped();
        default -> take(c);
      }
    }
    endWord();
    return List.copyOf(words);
  }

  private void take(char c) {
    word.append(c);
    inWord = true;
  }

  private void endWord() {
    if (inWord) {
      words.add(word.toString());
      word.setLength(0);
      inWord = false;
    }
  }

  private void escaped() throws UnbalancedException {
    if (at == line.length()) {
      throw new UnbalancedException("the backslash is followed by nothing", at);
    }
    char c = line.charAt(at++);
    if (c != '\n') {
      take(c);
    }
  }

  private void singleQuoted() throws UnbalancedException {
    int close = line.indexOf('\'', at);
    if (close < 0) {
      throw new UnbalancedException("the single quote is never closed", at);
    }
    word.append(line, at, close);
    inWord = true; // also for '', which is an empty word
    at = close + 1;
  }

  private void doubleQuoted() throws UnbalancedException {
    int opened = at;
    inWord = true;
    while (at < line.length()) {
      char c = line.charAt(at++);
      if (c == '"') {
        return;
      }
      if (c == '\\' && at < line.length() && "$`\"\\\n".indexOf(line.charAt(at)) >= 0) {
        c = line.charAt(at++);
        if (c == '\n') {
          continue;
        }
      }
      word.append(c);
    }
    throw new UnbalancedException("the double quote is never closed", opened);
  }
}
