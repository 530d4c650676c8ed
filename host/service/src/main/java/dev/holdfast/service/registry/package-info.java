/**
 * The registry as callers see it: one tree of keys below {@code HKLM}, over the hives of this node
 * and the cluster database.
 */
@NullMarked
package dev.holdfast.service.registry;

import org.jspecify.annotations.NullMarked;
