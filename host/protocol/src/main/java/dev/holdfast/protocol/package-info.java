/**
 * What cluster service and resource monitor say to each other, and how it travels.
 *
 * <p>The messages are in {@code wire.proto}; their order is drawn in this module's README. A {@link
 * dev.holdfast.protocol.Link} carries them as frames over a Unix socket: the service listens with a
 * {@link dev.holdfast.protocol.LinkServer}, each monitor connects once. Beside the link there is
 * one file a monitor, the state block, which outlives the monitor and says what its threads were
 * doing.
 */
@NullMarked
package dev.holdfast.protocol;

import org.jspecify.annotations.NullMarked;
