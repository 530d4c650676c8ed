/** The sample cluster of real processes that holdfast demo runs. */
@NullMarked
package dev.holdfast.service.demo;

import org.jspecify.annotations.NullMarked;
