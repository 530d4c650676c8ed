/**
 * The distribution as people meet it: child JVMs, real processes, real kills. Start reading at
 * {@link dev.holdfast.system.Cluster}, the driver; each {@code …IT} is named after one promise.
 */
@NullMarked
package dev.holdfast.system;

import org.jspecify.annotations.NullMarked;
