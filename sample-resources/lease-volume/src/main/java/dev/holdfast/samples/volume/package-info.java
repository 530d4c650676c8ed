/**
 * A resource type to learn from: a volume at a cloud, which outlives the node that has it attached.
 * Start reading at {@link dev.holdfast.samples.volume.LeaseVolumeResource}.
 */
@NullMarked
package dev.holdfast.samples.volume;

import org.jspecify.annotations.NullMarked;
