/** What operators ask for, carried out and narrated. */
@NullMarked
package dev.holdfast.service.operation;

import org.jspecify.annotations.NullMarked;
