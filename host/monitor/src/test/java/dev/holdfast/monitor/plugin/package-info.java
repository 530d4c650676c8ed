@NullMarked
package dev.holdfast.monitor.plugin;

import org.jspecify.annotations.NullMarked;
