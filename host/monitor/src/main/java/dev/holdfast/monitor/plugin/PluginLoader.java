package dev.holdfast.monitor.plugin;

import org.pf4j.ClassLoadingStrategy;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginManager;

/**
 * The class loader of one plugin: the host's window first, then the plugin's own jars. So the JDK
 * and the SPI are the host's even if the plugin bundles a copy, and everything else is the
 * plugin's.
 */
final class PluginLoader extends PluginClassLoader {
  PluginLoader(PluginManager manager, PluginDescriptor descriptor, HostWindow window) {
    super(manager, descriptor, window, ClassLoadingStrategy.APD);
  }

  /** PF4J's own classes are no part of the SPI. A plugin that needs them brings them. */
  @Override
  protected boolean shouldDelegateToParent(String className) {
    return HostWindow.isShared(className);
  }

  @Override
  public String toString() {
    return "PluginLoader@" + Integer.toHexString(System.identityHashCode(this));
  }
}
