/**
 * Everything around a call into plugin code.
 *
 * <p>The hard idea: plugin code may do anything, also nothing for ever, and nobody may wait for it.
 * So each time it is entered there is an {@link dev.holdfast.monitor.call.Entry}, which owns the
 * thread while it is inside, tells the state block, ends by exactly one outcome, and can be given
 * up from outside; a {@link dev.holdfast.monitor.call.OpenedResource} lets one entry in at a time;
 * and nothing here waits for another thread except plugin threads themselves, when they have asked
 * the service for something.
 */
@NullMarked
package dev.holdfast.monitor.call;

import org.jspecify.annotations.NullMarked;
