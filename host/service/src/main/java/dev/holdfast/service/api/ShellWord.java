package dev.holdfast.service.api;

/** A name as it has to be typed in a shell, for commands that people are to paste. */
public final class ShellWord {
  private ShellWord() {}

  /** The name, in quotes where a shell would not take it as it is. */
  public static String of(String name) {
    return name.matches("[A-Za-z0-9._,-]+") ? name : "'" + name.replace("'", "'\\''") + "'";
  }
}
