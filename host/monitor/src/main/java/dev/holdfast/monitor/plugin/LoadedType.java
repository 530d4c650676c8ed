package dev.holdfast.monitor.plugin;

import dev.holdfast.spi.Description;
import dev.holdfast.spi.ResourceType;

/**
 * A resource type that a plugin offers.
 *
 * @param className the class named in META-INF/services
 * @param type the one instance in this monitor
 * @param description what it said of itself when it was loaded; it is not asked again
 */
public record LoadedType(String className, ResourceType type, Description description) {}
