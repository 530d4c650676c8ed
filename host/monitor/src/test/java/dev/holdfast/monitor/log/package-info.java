@NullMarked
package dev.holdfast.monitor.log;

import org.jspecify.annotations.NullMarked;
