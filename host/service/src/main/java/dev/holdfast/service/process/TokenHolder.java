package dev.holdfast.service.process;

/**
 * A living process whose environment carries a token that was searched for.
 *
 * @param process which
 * @param sessionLeader whether it leads a session, as everything does that a {@link Processes}
 *     spawned
 * @param parentPid its parent now
 */
public record TokenHolder(ProcessIdentity process, boolean sessionLeader, int parentPid) {}
