package dev.holdfast.service.api;

/**
 * A member of a family that stands on the node.
 *
 * @param registered whether it is a type already
 */
public record AvailableTypeView(String name, String family, boolean registered) {}
