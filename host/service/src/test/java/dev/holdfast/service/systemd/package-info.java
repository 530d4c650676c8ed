@NullMarked
package dev.holdfast.service.systemd;

import org.jspecify.annotations.NullMarked;
