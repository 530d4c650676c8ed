/**
 * Loads plugins: the only package that knows PF4J.
 *
 * <p>Each plugin has a PF4J manager of its own, because in a shared one a plugin that cannot be
 * resolved keeps every later one from being resolved. Nothing is ever unloaded: a new version of a
 * plugin gets a new monitor.
 */
@NullMarked
package dev.holdfast.monitor.plugin;

import org.jspecify.annotations.NullMarked;
