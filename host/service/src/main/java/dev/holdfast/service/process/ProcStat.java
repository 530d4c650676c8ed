package dev.holdfast.service.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * What {@code /proc/PID/stat} says of a process.
 *
 * @param name its command's name: anything, brackets, spaces and line ends included
 * @param state R running, S sleeping, D waiting in the kernel, T stopped, Z zombie, X dead, …
 */
record ProcStat(
    int pid, String name, char state, int parent, int group, int session, long startTicks) {

  // Counted from the field after the name, which is the third of the line.
  private static final int STATE = 0;
  private static final int PARENT = 1;
  private static final int GROUP = 2;
  private static final int SESSION = 3;
  private static final int FLAGS = 6;
  private static final int START_TICKS = 19;
  private static final int MEMORY_BYTES = 20;
  private static final int ENVIRONMENT_END = 48;
  private static final long EXITING = 0x4;

  /** Whether it has ended. A zombie still has its entry, and does nothing any more. */
  boolean isDead() {
    return state == 'Z' || state == 'X' || state == 'x';
  }

  ProcessIdentity identity(String bootId) {
    return new ProcessIdentity(pid, startTicks, bootId);
  }

  /**
   * Whether a process has memory and no environment in it yet: an exec is under way. A thread of
   * the kernel has no memory; a program that was given an empty environment has one that ends where
   * it begins. Says no of a process whose addresses we may not see.
   */
  static boolean isBetweenPrograms(byte[] content) {
    String line = new String(content, ISO_8859_1);
    String[] fields = line.substring(line.lastIndexOf(')') + 1).strip().split(" ", -1);
    return fields.length > ENVIRONMENT_END
        && !fields[MEMORY_BYTES].equals("0")
        && fields[ENVIRONMENT_END].equals("0");
  }

  /**
   * Whether a process is about to be dead (the kernel's PF_EXITING): it may have no memory any
   * more, and its children are its own still.
   */
  static boolean isExiting(byte[] content) {
    String line = new String(content, ISO_8859_1);
    String[] fields = line.substring(line.lastIndexOf(')') + 1).strip().split(" ", FLAGS + 2);
    return fields.length > FLAGS && (Long.parseLong(fields[FLAGS]) & EXITING) != 0;
  }

  static ProcStat parse(byte[] content) {
    String line = new String(content, ISO_8859_1);
    int opening = line.indexOf('(');
    int closing = line.lastIndexOf(')');
    if (opening < 2 || closing < opening) {
      throw new IllegalArgumentException("This is no process status: '" + line + "'");
    }
    String[] fields = line.substring(closing + 1).strip().split(" ", START_TICKS + 2);
    if (fields.length <= START_TICKS) {
      throw new IllegalArgumentException("This process status is cut short: '" + line + "'");
    }
    return new ProcStat(
        Integer.parseInt(line.substring(0, opening - 1)),
        line.substring(opening + 1, closing),
        fields[STATE].charAt(0),
        Integer.parseInt(fields[PARENT]),
        Integer.parseInt(fields[GROUP]),
        Integer.parseInt(fields[SESSION]),
        Long.parseLong(fields[START_TICKS]));
  }
}
