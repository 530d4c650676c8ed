package dev.holdfast.registry.hive;

import dev.holdfast.registry.Revision;
import dev.holdfast.registry.hive.LogFormat.Current;
import dev.holdfast.registry.hive.LogFormat.WithTree;
import dev.holdfast.registry.hive.LogReplay.Replayed;
import java.io.IOException;
import java.lang.System.Logger.Level;

/**
 * Rewrites a hive's log of an older version as one of ours, before it is opened: a snapshot of the
 * tree as it was after the last batch, synced, read back and compared; then a log that begins there
 * takes the old one's place. As in a {@link Compaction}, whenever the power is lost the name leads
 * to a whole file with all that was acknowledged, and what the old program wrote is never touched.
 */
final class Upgrade {
  private static final System.Logger LOG = System.getLogger(Upgrade.class.getName());

  private Upgrade() {}

  /** Does it if the file's version is older than ours; a damaged file is left as it is. */
  static void ifOlder(Storage storage, String file, HiveSettings settings) throws IOException {
    String name = storage.describe(file);
    WithTree header;
    Replayed old;
    try (StorageFile log = storage.open(file)) {
      if (!(LogReplay.anyHeader(log, name) instanceof WithTree older)) {
        return;
      }
      header = older;
      old = LogReplay.replay(log, name, header);
    }
    var snapshots = new Snapshots(storage, file, header.hiveId());
    Revision revision = old.snapshot().revision();
    if (!revision.equals(Revision.ZERO)) {
      snapshots.write(old.snapshot());
    }
    WholeFile.write(
        storage, file, LogFormat.encode(new Current(header.hiveId(), revision, revision)));
    long cut = old.contentEnd() - old.end();
    LOG.log(
        cut > 0 ? Level.WARNING : Level.INFO,
        () ->
            "hive %s: %s had format version %d and was rewritten as version %d at revision %s; %,d bytes of an unfinished write were not taken along"
                .formatted(
                    settings.name(),
                    name,
                    header.version(),
                    LogFormat.VERSION,
                    old.snapshot().revision(),
                    cut));
  }
}
