@NullMarked
package dev.holdfast.service.cluster;

import org.jspecify.annotations.NullMarked;
