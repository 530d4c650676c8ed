/** A resource type to learn from. */
@NullMarked
package dev.holdfast.samples.ticker;

import org.jspecify.annotations.NullMarked;
