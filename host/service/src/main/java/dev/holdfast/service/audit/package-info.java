/** What the service says of itself, so that it can be held against what is seen from outside. */
@NullMarked
package dev.holdfast.service.audit;

import org.jspecify.annotations.NullMarked;
