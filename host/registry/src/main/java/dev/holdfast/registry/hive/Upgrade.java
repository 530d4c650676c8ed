package dev.holdfast.registry.hive;

import dev.holdfast.registry.hive.LogReplay.Replayed;
import java.io.IOException;
import java.lang.System.Logger.Level;

/**
 * Rewrites a hive's file of an older version as one of ours, before it is opened: the tree as it
 * was after the last batch, written beside the old file, synced, read back and compared, then put
 * in its place. As in a {@link Compaction}, whenever the power is lost the name leads to a whole
 * file with all that was acknowledged, and what the old program wrote is never touched.
 */
final class Upgrade {
  private static final System.Logger LOG = System.getLogger(Upgrade.class.getName());

  private Upgrade() {}

  /** Does it if the file's version is older than ours; a damaged file is left as it is. */
  static void ifOlder(Storage storage, String file, String newFile, HiveSettings settings)
      throws IOException {
    String name = storage.describe(file);
    Replayed old;
    try (StorageFile log = storage.open(file)) {
      if (LogReplay.header(log, name).version() == LogFormat.VERSION) {
        return;
      }
      old = LogReplay.replay(log, name);
    }
    try (StorageFile copy = storage.create(newFile)) {
      TreeFile.write(copy, storage.describe(newFile), old.header().hiveId(), old.snapshot());
    }
    storage.rename(newFile, file);
    storage.syncDirectory();
    long cut = old.contentEnd() - old.end();
    LOG.log(
        cut > 0 ? Level.WARNING : Level.INFO,
        () ->
            "hive %s: %s had format version %d and was rewritten as version %d at revision %s; %,d bytes of an unfinished write were not taken along"
                .formatted(
                    settings.name(),
                    name,
                    old.header().version(),
                    LogFormat.VERSION,
                    old.snapshot().revision(),
                    cut));
  }
}
