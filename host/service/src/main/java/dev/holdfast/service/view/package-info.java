/** What people are shown of the cluster's state. */
@NullMarked
package dev.holdfast.service.view;

import org.jspecify.annotations.NullMarked;
