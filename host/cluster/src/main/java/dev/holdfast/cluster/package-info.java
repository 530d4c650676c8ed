/**
 * The cluster's decisions: what there is, what is wanted, and what to do next.
 *
 * <p>Nothing here owns a thread, a clock, a socket or a file. {@link
 * dev.holdfast.cluster.Decisions} takes the cluster's state, an event and the time, and returns the
 * new state and the actions to take; the cluster service performs them. Time passes only as an
 * argument, and a deadline is a field of the phase that waits for it ({@link
 * dev.holdfast.cluster.ClusterState#nextDue}), so there is no timer that could fire late for a
 * state that is gone.
 *
 * <p>Where to start reading: {@link dev.holdfast.cluster.Phase}, which draws the states; then
 * {@link dev.holdfast.cluster.ResourceMachine}, which decides every pair of phase and event; then
 * {@link dev.holdfast.cluster.Decisions}, which drives resources towards what is wanted of them in
 * the order of their dependencies.
 */
@NullMarked
package dev.holdfast.cluster;

import org.jspecify.annotations.NullMarked;
