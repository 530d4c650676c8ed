/**
 * The resource type <em>Generic Service</em>: a unit of systemd, or a SysV script.
 *
 * <p>The hard idea: a service manager starts what anybody tells it to start, so that a service that
 * runs is not therefore ours. {@link dev.holdfast.plugins.service.Ownership} writes down which run
 * of it is; every other run is somebody else's, and is neither started beside, nor stopped.
 */
@NullMarked
package dev.holdfast.plugins.service;

import org.jspecify.annotations.NullMarked;
