/**
 * The data directory of a node: its layout, its lock, and what it says of the service that runs.
 */
@NullMarked
package dev.holdfast.service.home;

import org.jspecify.annotations.NullMarked;
