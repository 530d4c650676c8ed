/**
 * The resource monitor: the JVM that runs plugin code on behalf of the cluster service.
 *
 * <p>It keeps nothing that cannot be rebuilt, so it may be killed at any instruction. Three things
 * of it never run plugin code and so cannot be stopped by it: the link's two threads, the heartbeat
 * and the clock. Plugin code runs on threads of its plugin; see {@link dev.holdfast.monitor.call}.
 */
@NullMarked
package dev.holdfast.monitor;

import org.jspecify.annotations.NullMarked;
