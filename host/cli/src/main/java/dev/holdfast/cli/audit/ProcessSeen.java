package dev.holdfast.cli.audit;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A process as {@code /proc} shows it.
 *
 * @param name its command's name, as the kernel has it
 * @param state R running, S sleeping, T stopped, Z zombie, X dead, …
 * @param startTicks when it began, in clock ticks since boot
 * @param tokenDigest {@code sha256:HEX} of the slot token in its environment
 * @param command its words; known of those that carry a token and of JVMs, else empty
 * @param places its working directory and where its output goes; known as far as the command is
 */
record ProcessSeen(
    int pid,
    String name,
    char state,
    int parent,
    int group,
    int session,
    long startTicks,
    Optional<String> tokenDigest,
    List<String> command,
    List<Path> places) {
  ProcessSeen {
    command = List.copyOf(command);
    places = List.copyOf(places);
  }

  /** Whether it has ended; a zombie has its entry still, and does nothing any more. */
  boolean isDead() {
    return state == 'Z' || state == 'X' || state == 'x';
  }

  /** The same in another look: a pid is given out again, a pid with its start is not. */
  String identity() {
    return pid + "@" + startTicks;
  }

  /** How it is named in findings. */
  String label() {
    String words = String.join(" ", command);
    return "process "
        + pid
        + (words.isEmpty() ? " (" + name + ")" : " (" + abbreviated(words) + ")");
  }

  private static final int WORDS_SHOWN = 60;

  private static String abbreviated(String words) {
    return words.length() <= WORDS_SHOWN ? words : words.substring(0, WORDS_SHOWN) + "…";
  }
}
