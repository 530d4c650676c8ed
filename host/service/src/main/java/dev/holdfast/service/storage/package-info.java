/** What stands between the cluster database and its disk. */
@NullMarked
package dev.holdfast.service.storage;

import org.jspecify.annotations.NullMarked;
