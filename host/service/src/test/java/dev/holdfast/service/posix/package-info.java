@NullMarked
package dev.holdfast.service.posix;

import org.jspecify.annotations.NullMarked;
