/** Process slots: one living process each, known durably before anybody relies on it. */
@NullMarked
package dev.holdfast.service.slot;

import org.jspecify.annotations.NullMarked;
