/** The cluster's state as keys of HKLM\\Cluster, and back. */
@NullMarked
package dev.holdfast.service.record;

import org.jspecify.annotations.NullMarked;
