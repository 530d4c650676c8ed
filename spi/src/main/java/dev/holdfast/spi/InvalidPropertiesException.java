package dev.holdfast.spi;

import java.util.List;
import java.util.stream.Collectors;

/** Properties were refused. Carries everything that is wrong, not only the first thing. */
public class InvalidPropertiesException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public InvalidPropertiesException(List<Problem> problems) {
    super(problems.stream().map(Problem::message).collect(Collectors.joining(" ")));
    this.problems = List.copyOf(problems);
  }

  /** At least one, in the order in which the properties were given. */
  public List<Problem> problems() {
    return problems;
  }
}
