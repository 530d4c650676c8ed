@NullMarked
package dev.holdfast.service.process;

import org.jspecify.annotations.NullMarked;
