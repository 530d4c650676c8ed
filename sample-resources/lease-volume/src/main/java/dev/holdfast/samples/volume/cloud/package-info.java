/**
 * The cloud: an HTTP server with a memory of its own, and nothing of Holdfast in it. Start reading
 * at {@link dev.holdfast.samples.volume.cloud.Volume}, which is what fencing means.
 */
@NullMarked
package dev.holdfast.samples.volume.cloud;

import org.jspecify.annotations.NullMarked;
