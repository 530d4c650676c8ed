package dev.holdfast.monitor.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pf4j.AbstractPluginManager;
import org.pf4j.DefaultExtensionFactory;
import org.pf4j.DefaultExtensionFinder;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.Plugin;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginRepository;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PropertiesPluginDescriptorFinder;
import org.pf4j.VersionManager;

/**
 * A PF4J manager for one unpacked folder: plugin.properties and lib/*.jar. No zip is unpacked here,
 * no status file is written, no PF4J Plugin object is made: the types come through ServiceLoader.
 */
final class FolderPluginManager extends AbstractPluginManager {
  private final HostWindow window;

  FolderPluginManager(Path folder, HostWindow window) {
    super(folder);
    this.window = window;
  }

  @Override
  protected PluginDescriptorFinder createPluginDescriptorFinder() {
    return new PropertiesPluginDescriptorFinder();
  }

  @Override
  protected org.pf4j.PluginLoader createPluginLoader() {
    return new LibFolder();
  }

  @Override
  protected VersionManager createVersionManager() {
    return new DefaultVersionManager();
  }

  @Override
  protected PluginRepository createPluginRepository() {
    return new NoOthers();
  }

  @Override
  protected PluginFactory createPluginFactory() {
    return _ -> new Plugin() {};
  }

  @Override
  protected ExtensionFactory createExtensionFactory() {
    return new DefaultExtensionFactory();
  }

  @Override
  protected ExtensionFinder createExtensionFinder() {
    return new DefaultExtensionFinder(this);
  }

  @Override
  protected PluginStatusProvider createPluginStatusProvider() {
    return new AlwaysEnabled();
  }

  /** Puts every jar of lib on the plugin's path, by name, so that two loads are alike. */
  private final class LibFolder implements org.pf4j.PluginLoader {
    @Override
    public boolean isApplicable(Path folder) {
      return Files.isDirectory(folder);
    }

    @Override
    public ClassLoader loadPlugin(Path folder, PluginDescriptor descriptor) {
      var loader = new PluginLoader(FolderPluginManager.this, descriptor, window);
      try {
        for (Path jar : jars(folder.resolve("lib"))) {
          loader.addURL(jar.toUri().toURL());
        }
      } catch (MalformedURLException e) {
        throw new UncheckedIOException(e);
      }
      return loader;
    }

    private static List<Path> jars(Path lib) {
      try (var files = Files.list(lib)) {
        return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The one folder is named by whoever loads it; there is nothing to look for, or to delete. */
  private static final class NoOthers implements PluginRepository {
    @Override
    public List<Path> getPluginPaths() {
      return List.of();
    }

    @Override
    public boolean deletePluginPath(Path pluginPath) {
      throw new UnsupportedOperationException("Plugins are deleted by the service.");
    }
  }

  /** Whether a type may be used is the service's to decide, not a file's beside the plugin. */
  private static final class AlwaysEnabled implements PluginStatusProvider {
    @Override
    public boolean isPluginDisabled(String pluginId) {
      return false;
    }

    @Override
    public void disablePlugin(String pluginId) {
      throw new UnsupportedOperationException("Plugins are disabled by the service.");
    }

    @Override
    public void enablePlugin(String pluginId) {
      throw new UnsupportedOperationException("Plugins are enabled by the service.");
    }
  }
}
