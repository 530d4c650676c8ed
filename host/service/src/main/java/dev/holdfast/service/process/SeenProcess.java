package dev.holdfast.service.process;

import java.util.List;
import java.util.Optional;

/**
 * A living process, as a look at all of them shows it.
 *
 * @param sessionLeader whether it leads a session, as everything does that a {@link Processes}
 *     spawned
 * @param token what its environment carries
 * @param arguments the words of its command line
 */
public record SeenProcess(
    ProcessIdentity process,
    int parentPid,
    boolean sessionLeader,
    Optional<SlotToken> token,
    List<String> arguments) {
  public SeenProcess {
    arguments = List.copyOf(arguments);
  }
}
