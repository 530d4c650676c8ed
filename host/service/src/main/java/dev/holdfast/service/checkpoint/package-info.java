/** Checkpoints as people ask for them. */
@NullMarked
package dev.holdfast.service.checkpoint;

import org.jspecify.annotations.NullMarked;
