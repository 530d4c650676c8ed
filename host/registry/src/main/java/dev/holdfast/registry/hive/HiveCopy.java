package dev.holdfast.registry.hive;

import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.hive.LogFormat.Current;
import dev.holdfast.registry.hive.LogFormat.Header;
import dev.holdfast.registry.hive.LogFormat.WithTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A hive at one revision as the files of a hive: a log without batches and, unless nothing was ever
 * committed, the one snapshot that it begins with. All that a hive keeps is in them: keys, values,
 * descriptors, the revision of each key. {@link Hive#open} opens them as it opens any other.
 *
 * <p>And a hive's files read without opening it: nothing is cut, marked, deleted or written.
 */
public final class HiveCopy {
  private HiveCopy() {}

  /**
   * A file.
   *
   * @param bytes read-only; all from its position to its limit
   */
  public record Part(String name, ByteBuffer bytes) {}

  /** A tree and the hive that it is of. */
  public record Content(UUID hiveId, Snapshot snapshot) {}

  /** The files of a hive of that name, its log first; in memory. */
  public static List<Part> parts(String file, Content content) {
    Snapshot snapshot = content.snapshot();
    Revision revision = snapshot.revision();
    var parts = new ArrayList<Part>();
    parts.add(
        new Part(
            file,
            LogFormat.encode(new Current(content.hiveId(), revision, revision))
                .asReadOnlyBuffer()));
    if (!revision.equals(Revision.ZERO)) {
      Snapshots.Pair pair = Snapshots.pair(file, content.hiveId(), snapshot, Pace.FULL);
      parts.add(new Part(pair.regfName(), pair.image().buffer()));
      parts.add(new Part(pair.digestName(), pair.beside().asReadOnlyBuffer()));
    }
    return List.copyOf(parts);
  }

  /**
   * Writes the files where there are none of that name, the log last, and reads the snapshot again
   * to compare it. When it returns, all are on the disk.
   */
  public static void write(Storage storage, String file, Content content) throws IOException {
    Revision revision = content.snapshot().revision();
    if (!revision.equals(Revision.ZERO)) {
      new Snapshots(storage, file, content.hiveId()).write(content.snapshot());
    }
    WholeFile.write(
        storage, file, LogFormat.encode(new Current(content.hiveId(), revision, revision)));
  }

  /**
   * What a hive's files hold. Nobody may be writing them.
   *
   * @throws DamagedHiveException if its log is not what was written, or no snapshot is
   * @throws UnsupportedHiveException if a newer program wrote it
   */
  public static Content read(Storage storage, String file) throws IOException {
    String name = storage.describe(file);
    try (StorageFile log = storage.open(file)) {
      Header header = LogReplay.anyHeader(log, name);
      LogReplay.Replayed replayed =
          switch (header) {
            case WithTree older -> LogReplay.replay(log, name, older);
            case Current current ->
                LogReplay.replay(
                    log,
                    name,
                    current,
                    new Snapshots(storage, file, current.hiveId())
                        .newestGood(current)
                        .read()
                        .snapshot());
          };
      return new Content(header.hiveId(), replayed.snapshot());
    }
  }
}
