/**
 * Open handles to keys: who holds what, since when, and what becomes of them when their key or
 * their holder goes.
 *
 * <p>The hard idea: a handle outlives what its holder knows. A restore is refused while others hold
 * a key below (that rule of RegRestoreKey is the root of event 1024), so every handle names its
 * holder and its age: in Q316772 it was a process that held keys for others who were long gone.
 * Start reading at {@link dev.holdfast.registry.handle.HandleTable}.
 */
@NullMarked
package dev.holdfast.registry.handle;

import org.jspecify.annotations.NullMarked;
