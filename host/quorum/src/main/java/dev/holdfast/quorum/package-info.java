/**
 * The cluster database's log: the one order of all changes, behind one small interface.
 *
 * <p>{@link dev.holdfast.quorum.QuorumLog} says what every log promises; its contract test holds
 * each adapter to it. Callers know the interface only, so that one machine, two homes at one quorum
 * directory, and (later) several servers are the same to them.
 */
@NullMarked
package dev.holdfast.quorum;

import org.jspecify.annotations.NullMarked;
