/** The service's time: instants that never go back; and threads that go round. */
@NullMarked
package dev.holdfast.service.clock;

import org.jspecify.annotations.NullMarked;
