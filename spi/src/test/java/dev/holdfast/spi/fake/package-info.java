/** Calls, slots and a context that really start processes: for the tests of resource types. */
@NullMarked
package dev.holdfast.spi.fake;

import org.jspecify.annotations.NullMarked;
