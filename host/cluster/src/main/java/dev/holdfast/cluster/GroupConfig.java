package dev.holdfast.cluster;

/** A group: the unit of ownership. Its resources name it, not it them. */
public record GroupConfig(GroupId id, String name, String description) {}
