/** Tests of the registry as callers see it. */
@NullMarked
package dev.holdfast.service.registry;

import org.jspecify.annotations.NullMarked;
