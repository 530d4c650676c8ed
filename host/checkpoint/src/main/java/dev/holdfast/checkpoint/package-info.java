/**
 * The checkpoint layer: what is saved when, restored when, and what happens when it cannot be
 * (Q174070). A source is what is checkpointed, a generation one saved state of it.
 */
@NullMarked
package dev.holdfast.checkpoint;

import org.jspecify.annotations.NullMarked;
