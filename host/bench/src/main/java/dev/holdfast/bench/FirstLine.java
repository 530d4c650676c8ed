package dev.holdfast.bench;

/** The least a JVM can do. */
public final class FirstLine {
  static final String LINE = "here";

  private FirstLine() {}

  /** Prints a line. */
  public static void main(String[] args) {
    System.out.println(LINE);
  }
}
