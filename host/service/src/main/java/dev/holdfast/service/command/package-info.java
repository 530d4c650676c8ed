/**
 * Short-lived programs that plugins have run: agents' actions, checks, scripts.
 *
 * <p>The hard idea: a command may leave something running on purpose, and then it is the resource
 * itself. So one that may change things is a process in a slot of its own, written down before it
 * is forked, and its slot remembers what it left until that is gone. One that only looks is written
 * down nowhere: it is asked for every second, and whatever it leaves is ended; its token says what
 * it is, so that the next service finds it after a death.
 */
@NullMarked
package dev.holdfast.service.command;

import org.jspecify.annotations.NullMarked;
