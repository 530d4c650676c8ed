/**
 * The way to a service: where it listens, whether it is the right one, and what its answers mean
 * whatever they are about. Shared with the command line; applications use the package above.
 */
@NullMarked
package dev.holdfast.client.door;

import org.jspecify.annotations.NullMarked;
