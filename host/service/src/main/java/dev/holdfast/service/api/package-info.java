/**
 * The door of the cluster service: what the HTTP layer may ask of it, and what it answers.
 *
 * <p>Three kinds of things: <em>views</em> (records with exactly the JSON fields people rely on; a
 * component that may be null is null when there is nothing to say, a list is then empty, never
 * null), <em>commands</em> ({@link dev.holdfast.service.api.Command}, which become {@link
 * dev.holdfast.service.api.Operation}s), and <em>refusals</em> ({@link
 * dev.holdfast.service.api.ApiException}, each of which knows its exit code). Objects are named by
 * their name, ignoring case, or by their id; every method takes either.
 *
 * <p>The package knows nothing of HTTP or JSON, and nothing of how the service does its work.
 */
@NullMarked
package dev.holdfast.service.api;

import org.jspecify.annotations.NullMarked;
