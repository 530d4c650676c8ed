package dev.holdfast.checkpoint;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Maintenance of a resource that is offline, by a tool that may change its checkpointed
 * configuration as well as what is outside of it: from {@link Checkpoints#beginPatch} until it is
 * committed or aborted. While there is one, live edits are no drift, and the resource does not go
 * online.
 *
 * <p>This is what Q288562 lacked: isinteg changed the store, MSCS rolled the registry back under
 * it, and the next online asked for the patch again.
 *
 * @param node where it is made: the live content that it is about is there
 * @param before by checkpoint: the number of the generation that was current when it began
 * @param command the tool that was run last, as a shell reads it; empty for none
 * @param exit how that ended, as {@code exit 3}; empty while it runs, and for none
 * @param after what names the process that was there before the tool was started, so that its end
 *     is not taken for the tool's; empty for none
 */
public record Patch(
    State state,
    String node,
    Instant since,
    Map<Integer, Long> before,
    String command,
    Optional<String> exit,
    String after) {

  /**
   * How far it has come.
   *
   * <pre>
   *          begin                run                 exit 0
   *   (none) ─────▶ Open ───────────────▶ Running ─────────────▶ (none)
   *                  │                    ▲     │ other, unknown, to be ended
   *   commit, abort  │                run │     ▼
   *   (none) ◀───────┴─────────────── Incomplete
   * </pre>
   */
  public enum State {
    /** Begun, and no tool has failed. */
    OPEN("Open"),

    /** A tool runs. */
    RUNNING("Running"),

    /** A tool ended in failure, or nobody knows how: what it changed may be half of something. */
    INCOMPLETE("Incomplete");

    private final String word;

    State(String word) {
      this.word = word;
    }

    static State parse(String word) {
      return Words.parse(State.class, "a patch's state", word);
    }

    @Override
    public String toString() {
      return word;
    }
  }

  public Patch {
    before = Map.copyOf(before);
  }

  /** One of which only this is known: it was begun. */
  static Patch open(String node, Instant since, Map<Integer, Long> before) {
    return new Patch(State.OPEN, node, since, before, "", Optional.empty(), "");
  }

  Patch running(String tool, String afterProcess) {
    return new Patch(State.RUNNING, node, since, before, tool, Optional.empty(), afterProcess);
  }

  Patch incomplete(String how) {
    return new Patch(State.INCOMPLETE, node, since, before, command, Optional.of(how), after);
  }

  /** With the time it began: {@code patch incomplete since 12:00:00: exit 3}. */
  public String since(String time) {
    return toString().replaceFirst("^(patch \\w+)", "$1 since " + time);
  }

  /** A part of a sentence: {@code patch incomplete: exit 3}. */
  @Override
  public String toString() {
    return switch (state) {
      case OPEN -> "patch open";
      case RUNNING -> "patch running: " + command;
      case INCOMPLETE -> "patch incomplete: " + exit.orElse("it is not known how the tool ended");
    };
  }
}
