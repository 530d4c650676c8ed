@NullMarked
package dev.holdfast.monitor.call;

import org.jspecify.annotations.NullMarked;
