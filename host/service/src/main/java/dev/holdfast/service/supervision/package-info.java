/** Resource monitors: started, linked, watched, replaced. */
@NullMarked
package dev.holdfast.service.supervision;

import org.jspecify.annotations.NullMarked;
