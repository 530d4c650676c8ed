package dev.holdfast.registry;

/**
 * One batch that was committed, and the revision it made. After a hive was opened again the batches
 * of its log are told without their preconditions: those held, and are not kept.
 */
public record Commit(Revision revision, Batch batch) {}
