package dev.holdfast.cli.audit;

/**
 * Something that is not as a rule promises.
 *
 * @param identity what makes it the same finding in the next look: not its words, which may carry a
 *     number that grows
 * @param subject the slot, resource, monitor or file it is about
 * @param what was found, in a sentence
 * @param todo what to do about it
 */
record Finding(String identity, String subject, String what, String todo) {}
