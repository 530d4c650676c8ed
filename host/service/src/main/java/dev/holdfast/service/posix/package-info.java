/**
 * The few functions of the C library and the kernel that the JDK has no door to, called through the
 * foreign function interface.
 *
 * <p>Every function is declared with one of two shapes: six longs to a long, or the same with a
 * variadic tail ({@code syscall}). Linking a shape costs tens of milliseconds, calling one more
 * function of a shape that is linked next to nothing. The System V and AArch64 calling conventions
 * pass an int as the low half of a long, so this is sound there; results are cut to what the
 * function returns.
 */
@NullMarked
package dev.holdfast.service.posix;

import org.jspecify.annotations.NullMarked;
