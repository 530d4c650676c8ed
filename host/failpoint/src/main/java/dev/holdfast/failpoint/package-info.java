/**
 * Places at which the host fails when a tester asks for it.
 *
 * <p>Random kills do not hit windows of microseconds. So each place where something becomes true
 * for somebody else (a sync, a renaming, a fork, a frame, an answer) has a name, and a tester says
 * in the environment which of them is to strike, at which hit, and how. The sweep of the system
 * tests does so for every one of them.
 */
@NullMarked
package dev.holdfast.failpoint;

import org.jspecify.annotations.NullMarked;
