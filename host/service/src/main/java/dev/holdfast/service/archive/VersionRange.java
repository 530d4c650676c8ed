package dev.holdfast.service.archive;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of versions as {@code plugin.requires} says it: comparisons joined by {@code &}, all of
 * which must hold, such as {@code >=0.1.0 & <1.0.0}; a bare version is that one alone; {@code *} is
 * every version.
 *
 * <p>A part of what PF4J's own grammar (java-semver) takes, with the same meaning, so that what is
 * accepted here is accepted by the monitor too. Its other operators are refused by name rather than
 * guessed at.
 */
record VersionRange(String text, List<Bound> bounds) {
  private static final Pattern BOUND =
      Pattern.compile("(>=|<=|>|<|=|)\\s*(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})");

  /** Three numbers. */
  record Version(int major, int minor, int patch) implements Comparable<Version> {
    private static final Comparator<Version> ORDER =
        Comparator.comparingInt(Version::major)
            .thenComparingInt(Version::minor)
            .thenComparingInt(Version::patch);

    @Override
    public int compareTo(Version other) {
      return ORDER.compare(this, other);
    }
  }

  /** One comparison with a version. */
  record Bound(String operator, Version version) {
    boolean admits(Version other) {
      int order = other.compareTo(version);
      return switch (operator) {
        case ">=" -> order >= 0;
        case "<=" -> order <= 0;
        case ">" -> order > 0;
        case "<" -> order < 0;
        default -> order == 0;
      };
    }
  }

  /**
   * Reads a range.
   *
   * @throws IllegalArgumentException with a whole sentence
   */
  static VersionRange parse(String text) {
    var bounds = new ArrayList<Bound>();
    if (!text.strip().equals("*")) {
      for (String part : text.split("&", -1)) {
        Matcher matcher = BOUND.matcher(part.strip());
        if (!matcher.matches()) {
          throw new IllegalArgumentException(
              "'"
                  + text
                  + "' is no range of versions; comparisons of three numbers joined by & are"
                  + " needed, such as >=0.1.0 & <1.0.0.");
        }
        bounds.add(new Bound(matcher.group(1), version(matcher)));
      }
    }
    return new VersionRange(text, List.copyOf(bounds));
  }

  /** Whether a version of three numbers is within. */
  boolean admits(String version) {
    Matcher matcher = BOUND.matcher(version);
    if (!matcher.matches() || !matcher.group(1).isEmpty()) {
      throw new IllegalArgumentException("'" + version + "' is no version of three numbers.");
    }
    Version wanted = version(matcher);
    return bounds.stream().allMatch(bound -> bound.admits(wanted));
  }

  private static Version version(Matcher matcher) {
    return new Version(
        Integer.parseInt(matcher.group(2)),
        Integer.parseInt(matcher.group(3)),
        Integer.parseInt(matcher.group(4)));
  }
}
