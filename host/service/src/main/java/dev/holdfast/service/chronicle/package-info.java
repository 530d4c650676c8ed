/**
 * What people are told: decisions and deaths as events and incidents, and why things are as they
 * are.
 */
@NullMarked
package dev.holdfast.service.chronicle;

import org.jspecify.annotations.NullMarked;
