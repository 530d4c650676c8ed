package dev.holdfast.plugins.ocf;

import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.time.Duration;
import java.util.Optional;

/**
 * What came of an action.
 *
 * @param action its name
 * @param limit how long it had
 */
record ActionResult(String action, Duration limit, CommandResult result) {
  private static final String REASON = "ocf-exit-reason:";
  private static final int REASON_CHARS_MAX = 500;

  /** Which of OCF's exits it was. A signal and a timeout are none of them. */
  AgentExit exit() {
    return !result.timedOut() && result.exit() instanceof Exit.Code code
        ? AgentExit.of(code.code())
        : AgentExit.OTHER;
  }

  /** The last reason that the agent gave. */
  Optional<String> reason() {
    return (result.output() + "\n" + result.errors())
        .lines()
        .filter(line -> line.startsWith(REASON))
        .map(line -> line.substring(REASON.length()).strip())
        .filter(line -> !line.isEmpty())
        .reduce((_first, last) -> last)
        .map(line -> line.substring(0, Math.min(line.length(), REASON_CHARS_MAX)));
  }

  /** What came of it, in words: {@code monitor exited with 7 (not running): no such pid}. */
  String words() {
    String how;
    if (result.timedOut()) {
      how = "did not end within " + seconds(limit) + " and was killed with all it had started";
    } else if (result.exit() instanceof Exit.Code code) {
      how = "exited with " + code.code() + " (" + AgentExit.of(code.code()).meaning() + ")";
    } else {
      how = "ended with " + result.exit();
    }
    return action + " " + how + reason().map(why -> ": " + why).orElse("");
  }

  private static String seconds(Duration time) {
    return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }

  /** As the failure of a call. */
  ResourceException failure(AgentName agent) {
    AgentExit exit = exit();
    String sentence = "The agent " + agent + ": " + words() + ".";
    return result.timedOut()
        ? new ResourceException(Responsibility.RESOURCE, Retry.HERE, "OcfTimeout", sentence)
        : new ResourceException(exit.responsibility(), exit.retry(), exit.failureCode(), sentence);
  }
}
