package dev.holdfast.cli.session;

/** What a command ends with. The numbers are a promise. */
public enum ExitCode {
  OK(0, "ok"),
  FAILED(1, "operation failed"),
  USAGE(2, "usage"),
  NO(3, "the answer is \"no\""),
  NOT_FOUND(4, "no such object"),
  UNREACHABLE(5, "service unreachable"),
  NOT_PERMITTED(6, "not permitted"),
  CONFLICT(7, "conflict"),
  TIMEOUT(8, "timed out, operation goes on"),
  INVALID(9, "rejected by validation"),
  INTERNAL(70, "internal error");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  public int number() {
    return number;
  }

  public String meaning() {
    return meaning;
  }
}
