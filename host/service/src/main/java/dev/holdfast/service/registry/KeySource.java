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
import dev.holdfast.registry.Origin;
import dev.holdfast.registry.PreconditionFailedException;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.handle.KeyHandle;
import dev.holdfast.registry.regf.HiveFormat;
import dev.holdfast.registry.regf.HiveFormatException;
import dev.holdfast.registry.regf.HiveReader;
import dev.holdfast.registry.regf.HiveWriter;
import dev.holdfast.registry.regf.RegistryKeyBuilder;
import dev.holdfast.registry.regf.Strictness;
import dev.holdfast.registry.security.KeyAccess;
import dev.holdfast.registry.security.MalformedDescriptorException;
import dev.holdfast.registry.security.Sddl;
import dev.holdfast.registry.security.SecurityDescriptor;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.registry.KnownDescriptors.Known;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registry key with all below it, as checkpoints reach it: a blob is what RegSaveKey writes. Keys
 * are read and written for the cluster service, by what their descriptors grant it: nothing is
 * passed by (Q192493).
 */
final class KeySource implements Source {
  private static final Logger log = LoggerFactory.getLogger(KeySource.class);

  /** Whose commits are no change that would have to be saved. */
  static final Origin CHECKPOINTS = new Origin("checkpoints");

  private static final KeyAccess READ = KeyAccess.KEY_READ;
  static final KeyAccess REPLACE = KeyAccess.KEY_READ.with(KeyAccess.KEY_WRITE);
  private static final KeyAccess REPLACE_BELOW = REPLACE.with(KeyAccess.DELETE);

  private final RegistryTree tree;
  private final KeyGuard guard;
  private final KeyHolds holds;
  private final CheckpointWatches watches;
  private final String path;

  /**
   * @param path from its root on
   */
  KeySource(
      RegistryTree tree, KeyGuard guard, KeyHolds holds, CheckpointWatches watches, String path) {
    this.tree = tree;
    this.guard = guard;
    this.holds = holds;
    this.watches = watches;
    this.path = path;
  }

  // ---- reading -------------------------------------------------------------------------------

  @Override
  public Capture capture() throws SourceException {
    Place place = place();
    Snapshot snapshot = place.hive().snapshot();
    RegistryKey key = snapshot.key(place.key()).orElseThrow(() -> missing(place));
    Known effective = effective(place, snapshot);
    var rights = new ServiceRights(place, effective);
    rights.require(READ);
    rights.requireBelow(key, READ);
    return new KeyCapture(
        SecuredKey.of(key, Optional.of(effective)),
        new SecuredKey.View(RegistryTree.name(place, key)),
        snapshot.revision());
  }

  private static final class KeyCapture implements Capture {
    private final SecuredKey key;
    private final SecuredKey.View view;
    private final Revision at;
    private @Nullable String fingerprint;

    KeyCapture(SecuredKey key, SecuredKey.View view, Revision at) {
      this.key = key;
      this.view = view;
      this.at = at;
    }

    @Override
    public String fingerprint() {
      String known = fingerprint;
      if (known == null) {
        known = KeyFingerprint.of(view, key);
        fingerprint = known;
      }
      return known;
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
    return new SourceException(Obstacle.MISSING, "there is no key " + place.described());
  }

  private Place place() throws SourceException {
    try {
      return tree.place(path);
    } catch (ApiException.NotFound e) {
      throw new SourceException(Obstacle.MISSING, "there is no hive for " + path);
    }
  }

  // ---- access --------------------------------------------------------------------------------

  private Known effective(Place place, Snapshot snapshot) throws SourceException {
    try {
      return guard.known(place, snapshot);
    } catch (MalformedDescriptorException e) {
      throw new SourceException(
          Obstacle.ACCESS_DENIED,
          "the security descriptor of %s, or one above it, is damaged (%s)"
              .formatted(place.path(), e.getMessage()));
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
    Known effective = effective(place, snapshot);
    var rights = new ServiceRights(place, effective);
    Optional<RegistryKey> key = snapshot.key(place.key());
    if (key.isPresent()) {
      rights.require(REPLACE);
      rights.requireBelow(key.get(), REPLACE_BELOW);
    } else {
      rights.require(KeyAccess.KEY_CREATE_SUB_KEY);
    }
  }

  private Optional<Revision> replace(Place place, RegistryKey contents) throws CommitException {
    Snapshot snapshot = place.hive().snapshot();
    Optional<RegistryKey> live = snapshot.key(place.key());
    if (live.isPresent()) {
      var secured = SecuredKey.of(live.get(), guard.soundDescriptor(place));
      if (isSame(place, secured, contents)) {
        return Optional.empty();
      }
      Optional<Batch.Builder> changes = KeyReplacement.of(place.key(), secured, contents);
      if (changes.isPresent()) {
        try {
          return Optional.of(commit(place, changes.get().ifHiveRevision(snapshot.revision())));
        } catch (PreconditionFailedException e) {
          log.debug("{} is replaced as a whole: {}", place.path(), e.getMessage());
        }
      }
    }
    Batch.Builder batch = Batch.builder();
    if (!place.key().isRoot()) {
      batch.createKey(place.key());
    }
    return Optional.of(commit(place, batch.replaceContents(place.key(), contents)));
  }

  private static Revision commit(Place place, Batch.Builder batch) throws CommitException {
    try {
      return place.hive().submitting().submit(batch.build(), Optional.of(CHECKPOINTS)).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof CommitException refused) {
        throw refused;
      }
      throw e;
    }
  }

  private static boolean isSame(Place place, SecuredKey live, RegistryKey contents) {
    var view = new SecuredKey.View(RegistryTree.name(place, live.key()));
    return KeyFingerprint.isSame(view, live, SecuredKey.of(contents, Optional.empty()));
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
    new ServiceRights(place, effective(place, snapshot)).require(KeyAccess.KEY_NOTIFY);
    return watches.watch(place, path, changed);
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
