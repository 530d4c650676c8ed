package dev.holdfast.service.registry;

import dev.holdfast.checkpoint.Capture;
import dev.holdfast.checkpoint.Difference;
import dev.holdfast.checkpoint.Holder;
import dev.holdfast.checkpoint.KeyDiff;
import dev.holdfast.checkpoint.KeyFingerprint;
import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.Source;
import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.Origin;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watch;
import dev.holdfast.registry.handle.KeyHandle;
import dev.holdfast.registry.regf.HiveFormat;
import dev.holdfast.registry.regf.HiveFormatException;
import dev.holdfast.registry.regf.HiveReader;
import dev.holdfast.registry.regf.HiveWriter;
import dev.holdfast.registry.regf.RegistryKeyBuilder;
import dev.holdfast.registry.regf.Strictness;
import dev.holdfast.registry.security.Access;
import dev.holdfast.registry.security.AccessCheck;
import dev.holdfast.registry.security.EffectiveSecurity;
import dev.holdfast.registry.security.KeyAccess;
import dev.holdfast.registry.security.MalformedDescriptorException;
import dev.holdfast.registry.security.Sddl;
import dev.holdfast.registry.security.SecurityDescriptor;
import dev.holdfast.registry.security.Token;
import dev.holdfast.service.api.ApiException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A registry key with all below it, as checkpoints reach it: a blob is what RegSaveKey writes. Keys
 * are read and written for the cluster service, by what their descriptors grant it: nothing is
 * passed by (Q192493).
 */
final class KeySource implements Source {
  /** Whose commits are no change that would have to be saved. */
  static final Origin CHECKPOINTS = new Origin("checkpoints");

  private static final KeyAccess READ = KeyAccess.KEY_READ;
  static final KeyAccess REPLACE = KeyAccess.KEY_READ.with(KeyAccess.KEY_WRITE);
  private static final KeyAccess REPLACE_BELOW = REPLACE.with(KeyAccess.DELETE);

  private final RegistryTree tree;
  private final KeyGuard guard;
  private final KeyHolds holds;
  private final String path;

  /**
   * @param path from its root on
   */
  KeySource(RegistryTree tree, KeyGuard guard, KeyHolds holds, String path) {
    this.tree = tree;
    this.guard = guard;
    this.holds = holds;
    this.path = path;
  }

  // ---- reading -------------------------------------------------------------------------------

  @Override
  public Capture capture() throws SourceException {
    Place place = place();
    Snapshot snapshot = place.hive().snapshot();
    RegistryKey key = snapshot.key(place.key()).orElseThrow(() -> missing(place));
    SecurityDescriptor effective = effective(place, snapshot);
    requireAll(place, key, effective, READ, READ);
    return new KeyCapture(
        SecuredKey.of(key, Optional.of(effective)),
        new SecuredKey.View(RegistryTree.name(place, key)),
        snapshot.revision());
  }

  private record KeyCapture(SecuredKey key, SecuredKey.View view, Revision at) implements Capture {
    @Override
    public String fingerprint() {
      return KeyFingerprint.of(view, key);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      try {
        // The time of its saving is in the record; here it would give the same content two digests.
        out.write(HiveWriter.write(view, key, HiveFormat.STANDARD, Filetime.ZERO.ticks()).bytes());
      } catch (IllegalArgumentException e) {
        throw new IOException("it cannot be a hive file: " + e.getMessage(), e);
      }
    }

    @Override
    public long revision() {
      return at.number();
    }
  }

  private static SourceException missing(Place place) {
    return new SourceException(
        Obstacle.MISSING, "there is no key " + placeName(place.path(), place.resolvedPath()));
  }

  private static String placeName(String path, String resolved) {
    return path.equals(resolved) ? path : "%s, which is %s now".formatted(path, resolved);
  }

  private Place place() throws SourceException {
    try {
      return tree.place(path);
    } catch (ApiException.NotFound e) {
      throw new SourceException(Obstacle.MISSING, "there is no hive for " + path);
    }
  }

  // ---- access --------------------------------------------------------------------------------

  private SecurityDescriptor effective(Place place, Snapshot snapshot) throws SourceException {
    try {
      return EffectiveSecurity.of(snapshot.root(), place.key(), guard.ofTop(place.hive()));
    } catch (MalformedDescriptorException e) {
      throw new SourceException(
          Obstacle.ACCESS_DENIED,
          "the security descriptor of %s, or one above it, is damaged (%s)"
              .formatted(place.path(), e.getMessage()));
    }
  }

  /** Lets the cluster service do that with the key, and with those below it. */
  private static void requireAll(
      Place place,
      RegistryKey key,
      SecurityDescriptor effective,
      KeyAccess needed,
      KeyAccess neededBelow)
      throws SourceException {
    require(place.path(), place.resolvedPath(), effective, needed);
    requireBelow(place.path(), place.resolvedPath(), key, effective, neededBelow);
  }

  private static void requireBelow(
      String path, String resolved, RegistryKey key, SecurityDescriptor above, KeyAccess needed)
      throws SourceException {
    for (RegistryKey subkey : key.subkeys()) {
      String subpath = path + "\\" + subkey.name();
      String subresolved = resolved + "\\" + subkey.name();
      try {
        SecurityDescriptor effective = EffectiveSecurity.ofSubkey(subkey, above);
        require(subpath, subresolved, effective, needed);
        requireBelow(subpath, subresolved, subkey, effective, needed);
      } catch (MalformedDescriptorException e) {
        throw new SourceException(
            Obstacle.ACCESS_DENIED,
            "the security descriptor of %s is damaged (%s)".formatted(subpath, e.getMessage()));
      }
    }
  }

  private static void require(
      String path, String resolved, SecurityDescriptor effective, KeyAccess needed)
      throws SourceException {
    if (AccessCheck.check(effective, Token.CLUSTER_SERVICE, needed)
        instanceof Access.Denied denied) {
      throw new SourceException(
          Obstacle.ACCESS_DENIED,
          "at %s, %s".formatted(placeName(path, resolved), denied.explanation("cluster-service")));
    }
  }

  // ---- restoring -----------------------------------------------------------------------------

  @Override
  public List<String> restore(Path saved, boolean force) throws SourceException {
    Place place = place();
    RegistryKey contents = read(saved);
    requireReplaceable(place);
    try {
      holds.replacingForService(place, force, () -> replace(place, contents));
    } catch (KeyHolds.KeyHeldException e) {
      throw held(e.handles(), e);
    } catch (CommitException e) {
      throw new SourceException(
          Obstacle.IO, "the hive was not written: " + e.getMessage(), List.of(), e);
    }
    return List.of();
  }

  @Override
  public void rehearse(Path saved) throws SourceException {
    Place place = place();
    var _ = read(saved);
    requireReplaceable(place);
    try {
      holds.replacingForService(place, false, Optional::empty);
    } catch (KeyHolds.KeyHeldException e) {
      throw held(e.handles(), e);
    } catch (CommitException e) {
      throw new IllegalStateException("nothing was committed", e);
    }
  }

  /** The key may be replaced; or, if it is not there, made. */
  private void requireReplaceable(Place place) throws SourceException {
    Snapshot snapshot = place.hive().snapshot();
    SecurityDescriptor effective = effective(place, snapshot);
    Optional<RegistryKey> key = snapshot.key(place.key());
    if (key.isPresent()) {
      requireAll(place, key.get(), effective, REPLACE, REPLACE_BELOW);
    } else {
      require(place.path(), place.resolvedPath(), effective, KeyAccess.KEY_CREATE_SUB_KEY);
    }
  }

  private Optional<Revision> replace(Place place, RegistryKey contents) throws CommitException {
    Snapshot snapshot = place.hive().snapshot();
    Optional<RegistryKey> live = snapshot.key(place.key());
    if (live.isPresent() && isSame(place, live.get(), contents)) {
      return Optional.empty();
    }
    Batch.Builder batch = Batch.builder();
    if (!place.key().isRoot()) {
      batch.createKey(place.key());
    }
    batch.replaceContents(place.key(), contents);
    try {
      return Optional.of(
          place.hive().submitting().submit(batch.build(), Optional.of(CHECKPOINTS)).join());
    } catch (CompletionException e) {
      if (e.getCause() instanceof CommitException refused) {
        throw refused;
      }
      throw e;
    }
  }

  private boolean isSame(Place place, RegistryKey live, RegistryKey contents) {
    var view = new SecuredKey.View(RegistryTree.name(place, live));
    return KeyFingerprint.of(view, SecuredKey.of(live, guard.soundDescriptor(place)))
        .equals(KeyFingerprint.of(view, SecuredKey.of(contents, Optional.empty())));
  }

  private static SourceException held(List<KeyHandle> handles, Exception e) {
    return new SourceException(
        Obstacle.HANDLE_HELD,
        "held open by " + e.getMessage(),
        handles.stream()
            .map(
                handle ->
                    new Holder(
                        handle.owner().process(),
                        handle.owner().pid(),
                        handle.opened().toString(),
                        handle.resolved().toString(),
                        handle.since()))
            .toList(),
        e);
  }

  private static RegistryKey read(Path saved) throws SourceException {
    var contents = new RegistryKeyBuilder();
    try {
      var _ =
          HiveReader.read(
              saved.getFileName().toString(),
              Files.readAllBytes(saved),
              Strictness.STRICT,
              contents);
      return contents.root();
    } catch (NoSuchFileException e) {
      throw new SourceException(Obstacle.CORRUPT, "the saved hive is missing", List.of(), e);
    } catch (IOException e) {
      throw new SourceException(
          e instanceof HiveFormatException ? Obstacle.CORRUPT : Obstacle.IO,
          "the saved hive cannot be read: " + e.getMessage(),
          List.of(),
          e);
    }
  }

  // ---- watching ------------------------------------------------------------------------------

  @Override
  public Watching watch(Runnable changed) throws SourceException {
    Place place = place();
    Snapshot snapshot = place.hive().snapshot();
    require(place.path(), place.resolvedPath(), effective(place, snapshot), KeyAccess.KEY_NOTIFY);
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    Watch watch =
        place
            .hive()
            .watching()
            .watch(snapshot.revision(), executor, new CheckpointWatcher(this::resolved, changed));
    return () -> {
      watch.close();
      executor.shutdown();
    };
  }

  private Optional<KeyPath> resolved() {
    try {
      return Optional.of(tree.place(path).key());
    } catch (ApiException.NotFound e) {
      return Optional.empty();
    }
  }

  // ---- differences ---------------------------------------------------------------------------

  @Override
  public List<Difference> diff(Path from, Path to) throws SourceException {
    return KeyDiff.between(read(from), read(to), KeySource::describe);
  }

  private static String describe(DescriptorBytes security) {
    try {
      return Sddl.format(SecurityDescriptor.decode(security.bytes()));
    } catch (MalformedDescriptorException e) {
      return "damaged (%s)".formatted(e.getMessage());
    }
  }
}
