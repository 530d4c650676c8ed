/**
 * What the service tells systemd, and what it has from it: {@code sd_notify(3)} and the watchdog,
 * and the variables that are for the service alone. Without systemd nothing of it does anything.
 */
@NullMarked
package dev.holdfast.service.systemd;

import org.jspecify.annotations.NullMarked;
