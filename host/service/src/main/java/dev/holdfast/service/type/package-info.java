/** Resource types: registered, resolved, verified. */
@NullMarked
package dev.holdfast.service.type;

import org.jspecify.annotations.NullMarked;
