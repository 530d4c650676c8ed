package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of the page about checkpoints name tests that are there. */
class CheckpointsPageTest {
  private static final Path PAGE = Path.of("../../host/docs/checkpoints.md");

  /** The article whose sentences follow, such as {@code **Q174070**}. */
  private static final Pattern ARTICLE = Pattern.compile("\\*\\*(Q\\d+)\\*\\*");

  /** A class, a method, or both; a piece of a method's name may be left out. */
  private static final Pattern NAMED =
      Pattern.compile("`(?:(\\w+(?:Test|IT))(?:\\.([a-z][\\w…]*))?|([a-z][\\w…]*))`");

  private static final Pattern ACCEPTED = Pattern.compile("\\| A(\\d+) \\|");
  private static final int POINTS = 17;
  private static final int TESTS_COLUMN_OF_SENTENCES = 2;
  private static final int TESTS_COLUMN_OF_POINTS = 4;

  private final Map<String, String> sources = TestSources.all();

  CheckpointsPageTest() throws IOException {}

  private static List<String> rows(String heading) throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf("\n## " + heading + "\n");
    assertThat(from).as("the page has a section " + heading).isPositive();
    int to = page.indexOf("\n## ", from + 1);
    return page.substring(from, to < 0 ? page.length() : to)
        .lines()
        .filter(line -> line.startsWith("| "))
        .skip(2) // its head
        .toList();
  }

  private static String column(String row, int column) {
    return row.split("(?<!\\\\)\\|", -1)[column].strip();
  }

  /** Those that are named and not there, in what a cell says. */
  private List<String> missing(String cell, String ofClass) {
    List<String> missing = new ArrayList<>();
    String current = ofClass;
    for (MatchResult named : NAMED.matcher(cell).results().toList()) {
      current = named.group(1) == null ? current : named.group(1);
      String method = named.group(2) == null ? named.group(3) : named.group(2);
      String source = sources.getOrDefault(current, "");
      boolean isThere =
          !source.isEmpty()
              && (method == null
                  || Pattern.compile("void " + method.replace("…", "\\w*") + "\\(")
                      .matcher(source)
                      .find());
      if (!isThere) {
        missing.add(current + ": " + named.group());
      }
    }
    return missing;
  }

  @Test
  void everyTestOfTheArticlesSentences_isThere() throws IOException {
    String article = "";
    List<String> missing = new ArrayList<>();
    List<String> rows = rows("The articles");
    for (String row : rows) {
      article =
          ARTICLE
              .matcher(row)
              .results()
              .findFirst()
              .map(found -> found.group(1) + "IT")
              .orElse(article);
      String cell = column(row, TESTS_COLUMN_OF_SENTENCES);
      assertThat(NAMED.matcher(cell).find()).as("a test is named: " + row).isTrue();
      missing.addAll(missing(cell, article));
    }

    assertThat(rows).hasSizeGreaterThan(25);
    assertThat(missing).isEmpty();
  }

  @Test
  void everyPointOfTheAcceptanceList_namesTestsThatAreThere() throws IOException {
    List<String> rows = rows("What MSCS left open");
    List<String> missing = new ArrayList<>();
    for (String row : rows) {
      String cell = column(row, TESTS_COLUMN_OF_POINTS);
      assertThat(NAMED.matcher(cell).find()).as("a test is named: " + row).isTrue();
      missing.addAll(missing(cell.replaceAll("\\(.*?\\)", ""), ""));
    }

    assertThat(rows.stream().filter(row -> ACCEPTED.matcher(row).find())).hasSize(POINTS);
    assertThat(missing).isEmpty();
  }
}
