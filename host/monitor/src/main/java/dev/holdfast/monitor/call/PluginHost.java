package dev.holdfast.monitor.call;

/**
 * A plugin as entries see it.
 *
 * @param label as {@code id@version}
 * @param loader the context class loader of its threads; the plugin's own once it is loaded
 * @param threads the threads its code runs on, and no other's
 */
public record PluginHost(String label, ClassLoader loader, PluginThreads threads) {}
