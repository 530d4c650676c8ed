package dev.holdfast.registry;

import java.util.Optional;

/**
 * The whole tree as it was right after one commit. Immutable: it costs nothing to keep, needs no
 * lock, and never changes.
 */
public record Snapshot(Revision revision, RegistryKey root) {
  /** A hive to which nothing was committed yet. */
  public static final Snapshot EMPTY = new Snapshot(Revision.ZERO, RegistryKey.EMPTY_ROOT);

  /** The key at that path; the root for the empty path. */
  public Optional<RegistryKey> key(KeyPath path) {
    return root.key(path);
  }

  /** As {@link #key(KeyPath)}, for a path that is written so. */
  public Optional<RegistryKey> key(String path) {
    return root.key(path);
  }

  /** The value of that name of the key at that path. */
  public Optional<RegistryValue> value(String path, String name) {
    RegistryKey key = root.descend(path);
    return key == null ? Optional.empty() : key.value(name);
  }

  /**
   * The snapshot at the next revision, with the batch applied at no known time; else as {@link
   * #applied}.
   */
  public Snapshot apply(Batch batch) throws BatchRefusedException {
    return applied(batch, Filetime.ZERO).snapshot();
  }

  /**
   * What comes of applying the batch at that time. A pure function; this snapshot stays what it is.
   *
   * @throws PreconditionFailedException if a precondition does not hold here
   * @throws InvalidBatchException if a change cannot be made
   */
  public Applied applied(Batch batch, Filetime time) throws BatchRefusedException {
    return Application.applied(this, batch, time);
  }
}
