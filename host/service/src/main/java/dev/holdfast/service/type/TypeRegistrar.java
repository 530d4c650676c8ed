package dev.holdfast.service.type;

import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.protocol.DescriptionCodec;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.Loaded;
import dev.holdfast.protocol.wire.LoadedType;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.archive.ArchiveDigest;
import dev.holdfast.service.archive.ArchiveRefusedException;
import dev.holdfast.service.archive.PluginStore;
import dev.holdfast.service.archive.StoredArchive;
import dev.holdfast.service.supervision.Monitors;
import dev.holdfast.spi.Description;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers types. An archive is looked at before any of its code runs, stored under its digest,
 * and then loaded by a monitor that is started for this alone: the descriptions come from there,
 * and a plugin that dies while it is loaded takes nobody along.
 *
 * <p>What it returns is not yet a registration: the caller makes it durable. Thread-safe; blocks.
 */
public final class TypeRegistrar {
  /** How long loading an archive may take, the monitor's start included. */
  static final Duration LOAD_LIMIT = Duration.ofSeconds(60);

  private static final String PREFIX = "register-";
  private static final Logger LOG = LoggerFactory.getLogger(TypeRegistrar.class);

  private final PluginStore store;
  private final Monitors monitors;

  /** Numbers of monitors that have not ended: each is used again, so nothing piles up by name. */
  private final BitSet numbers = new BitSet();

  private final Map<MonitorName, CompletableFuture<Void>> starting = new ConcurrentHashMap<>();

  public TypeRegistrar(PluginStore store, Monitors monitors) {
    this.store = store;
    this.monitors = monitors;
  }

  /**
   * Whether a monitor was started by a registrar: it holds no resource, and its death is no loss.
   */
  public static boolean isRegistrars(MonitorName name) {
    return name.value().startsWith(PREFIX);
  }

  /** To be told when a monitor of {@link #isRegistrars} is ready. */
  public void ready(MonitorName name) {
    CompletableFuture<Void> waiting = starting.remove(name);
    if (waiting != null) {
      waiting.complete(null);
    }
  }

  /** To be told when a monitor of {@link #isRegistrars} died. */
  public void died(MonitorName name, String reason) {
    synchronized (numbers) {
      numbers.clear(Integer.parseInt(name.value().substring(PREFIX.length())));
    }
    CompletableFuture<Void> waiting = starting.remove(name);
    if (waiting != null) {
      waiting.completeExceptionally(new IOException("its monitor died: " + reason));
    }
  }

  /**
   * The registrations that an archive leads to, in the order of its types.
   *
   * @throws ApiException the archive is refused, its code cannot be loaded, or it does not go with
   *     what is registered
   */
  public List<TypeRegistration> inspect(Path archive, ClusterState state) {
    if (!Files.isRegularFile(archive)) {
      throw new ApiException.NotFound(
          "NoSuchFile", archive.toString(), "There is no file " + archive + ".");
    }
    StoredArchive stored = store(archive);
    try {
      return registrations(archive, stored, state);
    } catch (ApiException refused) {
      removeUnlessRegistered(stored.digest(), state);
      throw refused;
    }
  }

  /** Removes the archive that was inspected, unless it belongs to what is registered. */
  public void discardUnlessRegistered(List<TypeRegistration> inspected, ClusterState state) {
    removeUnlessRegistered(ArchiveDigest.parse(inspected.getFirst().version().digest()), state);
  }

  private void removeUnlessRegistered(ArchiveDigest archive, ClusterState state) {
    String digest = archive.toString();
    boolean registered =
        state.types().values().stream()
            .flatMap(type -> type.versions().stream())
            .anyMatch(version -> version.digest().equals(digest));
    if (registered) {
      return;
    }
    try {
      store.remove(archive);
    } catch (IOException e) {
      LOG.warn(
          "The archive {}, which is not registered, could not be removed: {}",
          store.path(archive),
          e.getMessage());
    }
  }

  private List<TypeRegistration> registrations(
      Path archive, StoredArchive stored, ClusterState state) {
    refuseOtherArchiveOfSameVersion(stored, state);
    Loaded loaded = load(stored);
    if (loaded.hasFailure()) {
      throw invalid(archive, loaded.getFailure().getMessage());
    }
    if (loaded.getRefusedCount() > 0) {
      throw invalid(archive, loaded.getRefused(0).getMessage());
    }
    var registrations = new ArrayList<TypeRegistration>();
    for (LoadedType type : loaded.getTypesList()) {
      Description description = DescriptionCodec.decode(type.getDescription());
      registrations.add(
          registration(
              state,
              archive,
              new TypeRegistration.Version(
                  stored.archive().pluginId(),
                  stored.archive().version(),
                  stored.digest().toString(),
                  type.getClassName(),
                  description)));
    }
    if (registrations.isEmpty()) {
      throw invalid(archive, "it offers no resource type");
    }
    registrations.addAll(members(registrations, state));
    refuseLeavingTypesBehind(registrations, state);
    return registrations;
  }

  /** Members go with their family: two versions of a plugin are never in one monitor. */
  private static List<TypeRegistration> members(
      List<TypeRegistration> registrations, ClusterState state) {
    var members = new ArrayList<TypeRegistration>();
    for (TypeRegistration family : registrations) {
      TypeRegistration.Version fresh = family.version();
      for (TypeRegistration known : state.types().values()) {
        if (known.version().source().isPresent()
            && known.version().plugin().equals(fresh.plugin())
            && fresh.description().isFamilyOf(known.name())) {
          members.add(
              withVersion(
                  known,
                  new TypeRegistration.Version(
                      fresh.plugin(),
                      fresh.pluginVersion(),
                      fresh.digest(),
                      fresh.className(),
                      known.version().description(),
                      known.version().source())));
        }
      }
    }
    return members;
  }

  /** The registration that a member of a family leads to, as it was described just now. */
  public TypeRegistration member(TypeRegistration.Version described, ClusterState state) {
    return registration(state, store.path(ArchiveDigest.parse(described.digest())), described);
  }

  /**
   * Two versions of one plugin are never in one monitor. So a type that only the old one offers
   * would never be code again.
   */
  private static void refuseLeavingTypesBehind(
      List<TypeRegistration> registrations, ClusterState state) {
    TypeRegistration.Version fresh = registrations.getFirst().version();
    List<String> offered =
        registrations.stream().map(type -> type.name().toLowerCase(Locale.ROOT)).toList();
    for (TypeRegistration known : state.types().values()) {
      if (known.version().plugin().equals(fresh.plugin())
          && !known.version().digest().equals(fresh.digest())
          && !offered.contains(known.name().toLowerCase(Locale.ROOT))) {
        throw new ApiException.Conflict(
            "TypeLeftBehind",
            known.name(),
            "Plugin %s %s does not offer the type %s, which %s %s does, and two versions of a plugin are never in one monitor. Unregister that type first, or give the new archive another plugin.id."
                .formatted(
                    fresh.plugin(),
                    fresh.pluginVersion(),
                    known.name(),
                    fresh.plugin(),
                    known.version().pluginVersion()));
      }
    }
  }

  /**
   * Registrations that were made from one state, for another: versions that were registered
   * meanwhile stay.
   */
  public List<TypeRegistration> merge(List<TypeRegistration> registrations, ClusterState state) {
    refuseLeavingTypesBehind(registrations, state);
    return registrations.stream()
        .map(
            type ->
                registration(
                    state,
                    store.path(ArchiveDigest.parse(type.version().digest())),
                    type.version()))
        .toList();
  }

  private StoredArchive store(Path archive) {
    try {
      return store.store(archive);
    } catch (ArchiveRefusedException e) {
      throw invalid(archive, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new ApiException.Failed(
          "ArchiveNotStored",
          archive.toString(),
          "The archive %s could not be stored: %s.".formatted(archive, e.getMessage()),
          e);
    }
  }

  private static void refuseOtherArchiveOfSameVersion(StoredArchive stored, ClusterState state) {
    for (TypeRegistration type : state.types().values()) {
      for (TypeRegistration.Version version : type.versions()) {
        if (version.plugin().equals(stored.archive().pluginId())
            && version.pluginVersion().equals(stored.archive().version())
            && !version.digest().equals(stored.digest().toString())) {
          throw new ApiException.Conflict(
              "SameVersionOtherArchive",
              type.name(),
              "Plugin %s %s is registered with another archive (%s). Give the new one another plugin.version."
                  .formatted(version.plugin(), version.pluginVersion(), version.digest()));
        }
      }
    }
  }

  private static TypeRegistration registration(
      ClusterState state, Path archive, TypeRegistration.Version version) {
    String name = version.description().registeredName();
    Optional<TypeRegistration> known = state.findType(name);
    if (known.isEmpty()) {
      return new TypeRegistration(name, List.of(version), version.pluginVersion());
    }
    if (!known.get().version().plugin().equals(version.plugin())) {
      throw new ApiException.Conflict(
          "TypeOfOtherPlugin",
          name,
          "The type %s belongs to the plugin %s; %s is of the plugin %s."
              .formatted(name, known.get().version().plugin(), archive, version.plugin()));
    }
    return withVersion(known.get(), version);
  }

  private static TypeRegistration withVersion(
      TypeRegistration known, TypeRegistration.Version version) {
    var versions = new ArrayList<>(known.versions());
    versions.removeIf(old -> old.pluginVersion().equals(version.pluginVersion()));
    versions.add(version);
    return new TypeRegistration(known.name(), versions, version.pluginVersion());
  }

  /**
   * Whether the code of a registered type can be loaded now: tried in a monitor of its own. Blocks.
   *
   * @return what is against it; empty when it was loaded
   */
  public Optional<String> tryLoad(TypeRegistration type) {
    TypeRegistration.Version version = type.version();
    try {
      Loaded loaded =
          inOwnMonitor(
              name ->
                  load(
                      ArchiveDigest.parse(version.digest()),
                      version.plugin(),
                      version.pluginVersion(),
                      name));
      if (loaded.hasFailure()) {
        return Optional.of(loaded.getFailure().getMessage());
      }
      boolean offered =
          loaded.getTypesList().stream()
              .anyMatch(found -> found.getClassName().equals(version.className()));
      return offered ? Optional.empty() : Optional.of("it does not offer " + version.className());
    } catch (ApiException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Loaded load(StoredArchive stored) {
    return inOwnMonitor(
        name ->
            load(stored.digest(), stored.archive().pluginId(), stored.archive().version(), name));
  }

  private Loaded load(ArchiveDigest digest, String plugin, String version, MonitorName monitor) {
    Path archive = store.path(digest);
    try {
      Path folder = store.unpacked(digest);
      return monitors
          .load(
              monitor,
              LoadPlugin.newBuilder()
                  .setCall(1)
                  .setPlugin(plugin)
                  .setVersion(version)
                  .setDigest(digest.toString())
                  .setFolder(folder.toString())
                  .build())
          .get(LOAD_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ArchiveRefusedException e) {
      throw invalid(archive, String.valueOf(e.getMessage()));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw invalid(archive, "loading it failed: " + cause.getMessage());
    } catch (TimeoutException e) {
      monitors.kill(monitor, "loading took longer than " + LOAD_LIMIT.toSeconds() + " s");
      throw invalid(archive, "loading it took longer than " + LOAD_LIMIT.toSeconds() + " s");
    } catch (IOException e) {
      throw new ApiException.Failed(
          "ArchiveNotUnpacked",
          archive.toString(),
          "The archive could not be unpacked: " + e.getMessage() + ".",
          e);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /**
   * Does something in a monitor that is started for it and leaves afterwards.
   *
   * @throws ApiException.Failed the monitor could not be started, or died before it was ready
   */
  public <T> T inOwnMonitor(Function<MonitorName, T> work) {
    MonitorName name = freeName();
    var ready = new CompletableFuture<Void>();
    starting.put(name, ready);
    try {
      monitors.start(name, 1);
      ready.get(LOAD_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      return work.apply(name);
    } catch (ExecutionException | TimeoutException e) {
      throw new ApiException.Failed(
          "NoMonitor",
          null,
          "A monitor to load the plugin in could not be started: " + e.getMessage() + ".",
          e);
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      starting.remove(name);
      monitors.stop(name);
    }
  }

  private MonitorName freeName() {
    synchronized (numbers) {
      int number = numbers.nextClearBit(1);
      numbers.set(number);
      return new MonitorName(PREFIX + number);
    }
  }

  private static ApiException.Unreachable interrupted() {
    Thread.currentThread().interrupt();
    return new ApiException.Unreachable(
        "Stopping", "The service is stopping; nothing was registered.");
  }

  private static ApiException.Invalid invalid(Path archive, String why) {
    return new ApiException.Invalid(
        "ArchiveRefused",
        archive.toString(),
        "%s cannot be registered: %s".formatted(archive, why.endsWith(".") ? why : why + "."),
        List.of());
  }
}
