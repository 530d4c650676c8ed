@NullMarked
package dev.holdfast.service.supervision;

import org.jspecify.annotations.NullMarked;
