@NullMarked
package dev.holdfast.service.metric;

import org.jspecify.annotations.NullMarked;
