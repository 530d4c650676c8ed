/** The thread that decides, and those that carry out what was decided. */
@NullMarked
package dev.holdfast.service.cluster;

import org.jspecify.annotations.NullMarked;
