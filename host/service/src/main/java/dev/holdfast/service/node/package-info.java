/** The homes that share a quorum directory: who they are, who holds it, and whose turn is next. */
@NullMarked
package dev.holdfast.service.node;

import org.jspecify.annotations.NullMarked;
