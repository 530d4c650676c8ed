package dev.holdfast.system;

import java.util.List;

/**
 * A command that ended.
 *
 * @param command as it was given
 * @param out all it wrote to stdout
 * @param err all it wrote to stderr
 */
record Ran(List<String> command, int exitCode, String out, String err) {
  /** The lines of stderr. */
  List<String> errLines() {
    return err.lines().toList();
  }

  @Override
  public String toString() {
    return "%s%nended with %d%nstdout: %s%nstderr: %s".formatted(command, exitCode, out, err);
  }
}
