package dev.holdfast.service.api;

/**
 * The cluster service itself.
 *
 * @param ready recovery is over: everything that was to be taken over has been looked for
 * @param revision of the cluster database
 */
public record ServiceView(long pid, String version, boolean ready, String node, long revision) {}
