@NullMarked
package dev.holdfast.service.event;

import org.jspecify.annotations.NullMarked;
