/** Log lines on their way to the service: the monitor's own, PF4J's, and those of resources. */
@NullMarked
package dev.holdfast.monitor.log;

import org.jspecify.annotations.NullMarked;
