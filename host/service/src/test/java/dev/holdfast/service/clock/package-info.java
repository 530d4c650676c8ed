@NullMarked
package dev.holdfast.service.clock;

import org.jspecify.annotations.NullMarked;
