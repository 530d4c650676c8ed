/**
 * Starting, watching and ending the processes of this node.
 *
 * <p>Three ideas carry the package. A process is known by pid, start ticks and boot id, never by
 * its pid alone. The exit of a child is <em>looked at</em> and told before it is reaped, so that a
 * death can be written down while the kernel still remembers it, and so that nobody else can have
 * its number meanwhile. And one thread waits for all of them, on pidfds, whether they are children
 * or were adopted from a service that died.
 *
 * <p>Start reading at {@link dev.holdfast.service.process.Processes}.
 */
@NullMarked
package dev.holdfast.service.process;

import org.jspecify.annotations.NullMarked;
