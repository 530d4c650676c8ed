package dev.holdfast.service.registry;

/** Whose the home is: who may do everything with keys that nobody gave a descriptor. */
public record HomeOwner(long uid, long gid) {}
