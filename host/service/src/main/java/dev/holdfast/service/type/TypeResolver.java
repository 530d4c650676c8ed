package dev.holdfast.service.type;

import dev.holdfast.cluster.ClusterState.TypeProblem;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.service.api.ShellWord;
import dev.holdfast.service.archive.ArchiveDigest;
import dev.holdfast.service.archive.ArchiveRefusedException;
import dev.holdfast.service.archive.PluginStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * From a registration to a folder that a monitor can load (Q242398): by the digest that was
 * registered, anew for each life of a monitor, never from what another monitor had in memory.
 * Thread-safe.
 */
public final class TypeResolver {
  private final PluginStore store;
  private final Executor executor;
  private final Map<Resolved, CompletableFuture<Path>> resolved = new ConcurrentHashMap<>();

  private final Map<Path, FileState> compared = new ConcurrentHashMap<>();

  /**
   * @param what the archive's digest; of a member of a family, whose file is checked too, the type
   */
  private record Resolved(MonitorName monitor, String what) {}

  /** What tells, without reading a file, that it was written, replaced or removed. */
  private record FileState(Map<String, Object> attributes) {
    static Optional<FileState> of(Path file) {
      try {
        return Optional.of(new FileState(Files.readAttributes(file, "unix:ctime,size,ino")));
      } catch (IOException e) {
        return Optional.empty(); // whatever it is, it is not as it was
      }
    }
  }

  /**
   * @param executor for reading and unpacking archives
   */
  public TypeResolver(PluginStore store, Executor executor) {
    this.store = store;
    this.executor = executor;
  }

  /**
   * The folder with a type's plugin, checked. Fails with an {@link UnresolvedTypeException}. Many
   * resources of one type that are opened in one life of a monitor share one check.
   */
  public CompletableFuture<Path> resolve(MonitorName monitor, TypeRegistration type) {
    TypeRegistration.Version version = type.version();
    var key = new Resolved(monitor, version.source().isPresent() ? type.name() : version.digest());
    CompletableFuture<Path> folder =
        resolved.computeIfAbsent(
            key, _ -> CompletableFuture.supplyAsync(() -> unpack(type.name(), version), executor));
    // A failure is for those who wait for it now: the archive may be back when the next one asks.
    var _ =
        folder.whenComplete(
            (_, failure) -> {
              if (failure != null) {
                resolved.remove(key, folder);
              }
            });
    return folder;
  }

  /** A monitor died, or what is stored changed: resolve anew. */
  public void forget(MonitorName monitor) {
    resolved.keySet().removeIf(key -> key.monitor().equals(monitor));
  }

  /** Looks at a type's archive again; empty when it is what was registered. */
  public Optional<TypeProblem> verify(TypeRegistration type) {
    try {
      check(type.name(), type.version());
      return Optional.empty();
    } catch (UnresolvedTypeException e) {
      resolved
          .keySet()
          .removeIf(
              key -> key.what().equals(type.version().digest()) || key.what().equals(type.name()));
      return Optional.of(new TypeProblem(e.status(), String.valueOf(e.getMessage())));
    }
  }

  /** Whether a type's archive may be another than when its bytes were last compared. Cheap. */
  public boolean mayHaveChanged(TypeRegistration type) {
    Path archive = archive(type.version());
    FileState before = compared.get(archive);
    return before == null
        || !FileState.of(archive).equals(Optional.of(before))
        || type.version()
            .source()
            .filter(
                source ->
                    !FileState.of(Path.of(source.path()))
                        .equals(Optional.ofNullable(compared.get(Path.of(source.path())))))
            .isPresent();
  }

  /** Where a version's archive is kept. */
  public Path archive(TypeRegistration.Version version) {
    return store.path(digest(version));
  }

  private Path unpack(String type, TypeRegistration.Version version) {
    try {
      check(type, version);
      return store.unpacked(digest(version));
    } catch (UnresolvedTypeException e) {
      throw new CompletionException(e);
    } catch (ArchiveRefusedException | IOException e) {
      throw new CompletionException(
          new UnresolvedTypeException(
              TypeStatus.LOAD_FAILED,
              "The archive of the type %s could not be unpacked: %s"
                  .formatted(type, e.getMessage())));
    }
  }

  private void check(String type, TypeRegistration.Version version) throws UnresolvedTypeException {
    Path archive = store.path(digest(version));
    // Looked at first: what is written while it is read makes it another one afterwards.
    Optional<FileState> state = FileState.of(archive);
    compared.remove(archive);
    try {
      switch (store.check(digest(version))) {
        case OK -> state.ifPresent(found -> compared.put(archive, found));
        case MISSING ->
            throw new UnresolvedTypeException(
                TypeStatus.PLUGIN_MISSING,
                "The archive %s of the type %s is missing. Put it back, or register the type again."
                    .formatted(archive, type));
        case MISMATCH ->
            throw new UnresolvedTypeException(
                TypeStatus.DIGEST_MISMATCH,
                "The archive %s is not the one that the type %s was registered with (%s). Put that one back, or register the type again."
                    .formatted(archive, type, version.digest()));
      }
    } catch (IOException e) {
      throw new UnresolvedTypeException(
          TypeStatus.PLUGIN_MISSING,
          "The archive %s of the type %s cannot be read: %s."
              .formatted(archive, type, e.getMessage()));
    }
    if (version.source().isPresent()) {
      checkSource(type, version.source().get());
    }
  }

  /** Of a member of a family: whether the file that it was made from is there, and the same. */
  private void checkSource(String type, TypeRegistration.Source source)
      throws UnresolvedTypeException {
    Path file = Path.of(source.path());
    Optional<FileState> state = FileState.of(file);
    compared.remove(file);
    String again = "holdfast type register " + ShellWord.of(type);
    if (!Files.isRegularFile(file)) {
      throw new UnresolvedTypeException(
          TypeStatus.PLUGIN_MISSING,
          "The file %s, which the type %s is made from, is missing. Put it back, or if it is another one now, register the type again: %s."
              .formatted(file, type, again));
    }
    if (!Files.isExecutable(file)) {
      throw new UnresolvedTypeException(
          TypeStatus.PLUGIN_MISSING,
          "The file %s, which the type %s is made from, is not executable: chmod +x it."
              .formatted(file, type));
    }
    try {
      if (!ArchiveDigest.of(file).toString().equals(source.digest())) {
        throw new UnresolvedTypeException(
            TypeStatus.DIGEST_MISMATCH,
            "The file %s is not the one that the type %s was registered with (%s). Look at what changed, and register the type again: %s."
                .formatted(file, type, source.digest(), again));
      }
    } catch (IOException e) {
      throw new UnresolvedTypeException(
          TypeStatus.PLUGIN_MISSING,
          "The file %s, which the type %s is made from, cannot be read: %s."
              .formatted(file, type, e.getMessage()));
    }
    state.ifPresent(found -> compared.put(file, found));
  }

  private static ArchiveDigest digest(TypeRegistration.Version version) {
    return ArchiveDigest.parse(version.digest());
  }
}
