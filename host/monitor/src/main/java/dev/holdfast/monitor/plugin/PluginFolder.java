package dev.holdfast.monitor.plugin;

import static dev.holdfast.monitor.plugin.PluginRefusedException.LOAD_FAILED;
import static dev.holdfast.monitor.plugin.PluginRefusedException.PLUGIN_MISSING;

import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.PluginLimits;
import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.ResourceType;
import dev.holdfast.spi.ResourceTypeFamily;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginWrapper;

/**
 * An unpacked plugin, as the service laid it out and verified it.
 *
 * @param id the plugin's id
 * @param version its version
 * @param digest of the archive it was unpacked from
 * @param folder with plugin.properties and lib/*.jar
 */
public record PluginFolder(String id, String version, String digest, Path folder) {
  /** What a plugin's {@code plugin.requires} is compared with: the version of the SPI. */
  public static final String SYSTEM_VERSION = "0.1.0";

  private static final String SERVICES = "META-INF/services/" + ResourceType.class.getName();

  /**
   * Loads the plugin and makes its types. Runs plugin code (static initialisers, constructors,
   * descriptions), so it may take any time and belongs on a thread that can be left behind. Two
   * loads do not wait for each other.
   *
   * @throws PluginRefusedException it cannot be used; the code and the sentence say why
   */
  public LoadedPlugin load() throws PluginRefusedException {
    if (!Files.isRegularFile(folder.resolve("plugin.properties"))) {
      throw new PluginRefusedException(
          PLUGIN_MISSING,
          "Plugin %s@%s was looked for in %s, and there is no plugin.properties."
              .formatted(id, version, folder),
          null);
    }
    ClassLoader loader = classLoader();
    Thread.currentThread().setContextClassLoader(loader);
    return types(loader);
  }

  private ClassLoader classLoader() throws PluginRefusedException {
    try {
      var manager =
          new FolderPluginManager(folder, new HostWindow(PluginFolder.class.getClassLoader()));
      manager.setSystemVersion(SYSTEM_VERSION);
      PluginWrapper plugin = manager.getPlugin(manager.loadPlugin(folder));
      requireUsable(plugin);
      return plugin.getPluginClassLoader();
    } catch (RuntimeException e) {
      throw refused("its folder cannot be read as a plugin: " + e.getMessage(), e);
    }
  }

  private void requireUsable(PluginWrapper plugin) throws PluginRefusedException {
    PluginDescriptor found = plugin.getDescriptor();
    if (!found.getPluginId().equals(id) || !found.getVersion().equals(version)) {
      throw refused(
          "its folder holds %s@%s".formatted(found.getPluginId(), found.getVersion()), null);
    }
    if (plugin.getFailedException() != null) {
      throw refused(
          "it requires Holdfast %s, and this is %s".formatted(found.getRequires(), SYSTEM_VERSION),
          null);
    }
  }

  private LoadedPlugin types(ClassLoader loader) throws PluginRefusedException {
    var types = new ArrayList<LoadedType>();
    var refused = new ArrayList<Failure>();
    Iterator<ServiceLoader.Provider<ResourceType>> providers =
        ServiceLoader.load(ResourceType.class, loader).stream().iterator();
    for (int i = 0; i < PluginLimits.TYPES_MAX; i++) {
      try {
        if (!providers.hasNext()) {
          break;
        }
        take(providers.next(), loader, types);
      } catch (Throwable thrown) {
        // A plugin's static initialiser and constructor may throw anything; the others go on.
        refused.add(refusal(thrown));
      }
    }
    if (types.isEmpty()) {
      throw refused(
          refused.isEmpty()
              ? "no jar of it names a resource type in " + SERVICES
              : "none of its types can be used. " + refused.getFirst().getMessage(),
          null,
          refused);
    }
    return new LoadedPlugin(id, version, digest, loader, types, refused);
  }

  private void take(
      ServiceLoader.Provider<ResourceType> provider, ClassLoader loader, List<LoadedType> types)
      throws PluginRefusedException {
    Class<? extends ResourceType> found = provider.type();
    if (!loader.equals(found.getClassLoader())) {
      return; // Seen through the window, not brought by this plugin.
    }
    ResourceType type = provider.get();
    Description description = type.description();
    if (description.isFamily() != (type instanceof ResourceTypeFamily)) {
      throw refused(
          "%s is named '%s'; a family's name ends in %s, and no other's"
              .formatted(found.getName(), description.registeredName(), ResourceTypeFamily.SUFFIX),
          null);
    }
    types.add(new LoadedType(found.getName(), type, description));
  }

  private Failure refusal(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null
        && (cause instanceof ServiceConfigurationError
            || cause instanceof ExceptionInInitializerError)) {
      cause = cause.getCause();
    }
    String what = Failures.thrown(thrown).getMessage();
    String why = Failures.thrown(cause).getMessage();
    return Failures.of(
        Responsibility.USER,
        Retry.NOWHERE,
        LOAD_FAILED,
        "A type of plugin %s@%s cannot be used: %s%s"
            .formatted(id, version, what, what.endsWith(why) ? "" : ", because of " + why),
        thrown);
  }

  private PluginRefusedException refused(String because, @Nullable Throwable cause) {
    return new PluginRefusedException(
        LOAD_FAILED, "Plugin %s@%s cannot be loaded: %s.".formatted(id, version, because), cause);
  }

  private PluginRefusedException refused(
      String because, @Nullable Throwable cause, List<Failure> details) {
    var refused = refused(because, cause);
    details.forEach(detail -> refused.addSuppressed(new IllegalStateException(detail.getDetail())));
    return refused;
  }
}
