/**
 * Keys with typed values: an immutable tree, the batches that change it, and those who watch it.
 *
 * <p>The hard idea: a tree is never changed. Applying a {@link dev.holdfast.registry.Batch} to a
 * {@link dev.holdfast.registry.Snapshot} gives another snapshot that shares all that the batch did
 * not touch. So a snapshot costs nothing, stops nobody, stays what it is, and is read without a
 * lock; and whether a batch may be applied is a pure function, the same in a simulation, in a hive
 * on disk ({@link dev.holdfast.registry.hive}) and on every node of a cluster.
 */
@NullMarked
package dev.holdfast.registry;

import org.jspecify.annotations.NullMarked;
