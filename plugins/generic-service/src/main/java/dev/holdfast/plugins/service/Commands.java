package dev.holdfast.plugins.service;

import dev.holdfast.spi.Call;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.Exit;
import java.time.Duration;
import java.util.stream.Collectors;

/** What all commands have in common. */
final class Commands {
  /** How long a manager may take to say how a service is. */
  static final Duration LOOK_LIMIT = Duration.ofSeconds(10);

  private static final Duration TO_SAY_SO = Duration.ofSeconds(5);
  private static final Duration LEFT_MIN = Duration.ofSeconds(1);
  private static final int SHOWN_CHARS = 300;

  private Commands() {}

  /**
   * For a command that takes as long as it takes: the time until the call is given up, less a
   * little to say what was seen.
   */
  static Duration left(Call call, Context context) {
    Duration left = Duration.between(context.clock().instant(), call.deadline()).minus(TO_SAY_SO);
    return left.compareTo(LEFT_MIN) < 0 ? LEFT_MIN : left;
  }

  /** How a command ended, with the last of what it said. */
  static String words(String command, CommandResult result) {
    String how =
        result.timedOut()
            ? " did not end in time"
            : result.exit() instanceof Exit.Code code
                ? " exited with " + code.code()
                : " ended with " + result.exit();
    String said =
        (result.output() + "\n" + result.errors())
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .collect(Collectors.joining(" "));
    int from = Math.max(0, said.length() - SHOWN_CHARS);
    return command + how + (said.isEmpty() ? "" : ": " + said.substring(from));
  }
}
