/**
 * Resource types that misbehave on request, so that tests can show what a host makes of it.
 *
 * <p>Each of them has a well-behaved resource inside ({@code SleepingProcess}, {@code
 * BeatingThread}) and a script around it that is read anew at every call: steps that delay, hang,
 * throw, lie, or end the monitor before the well-behaved one is asked. Every call is written into a
 * journal.
 */
@NullMarked
package dev.holdfast.samples.scriptable;

import org.jspecify.annotations.NullMarked;
