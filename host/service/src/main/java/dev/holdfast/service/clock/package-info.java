/** The service's time: instants that never go back. */
@NullMarked
package dev.holdfast.service.clock;

import org.jspecify.annotations.NullMarked;
