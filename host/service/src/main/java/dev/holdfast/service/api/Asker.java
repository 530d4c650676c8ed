package dev.holdfast.service.api;

/**
 * Who gives a command, and how far it is meant.
 *
 * @param user the user at the other end of the socket, for events and the log
 * @param dryRun check everything and narrate what would happen, but change nothing
 */
public record Asker(String user, boolean dryRun) {}
