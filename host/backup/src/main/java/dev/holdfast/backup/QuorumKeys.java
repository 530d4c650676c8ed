package dev.holdfast.backup;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Snapshot;
import java.time.Instant;
import java.util.Optional;

/**
 * What a cluster database says of its own backups, in the key that MSCS had for the quorum:
 *
 * <pre>
 *   Quorum          BackupAt, BackupRevision, BackupFile: of the last good backup
 *                   RestoredAt, RestoredFrom, RestoredTakenAt, RestoredRevision: of what this
 *                   database was restored from, and when
 *                   RestorePending: 1 until a service has looked what runs
 * </pre>
 *
 * Times are milliseconds since 1970.
 */
public final class QuorumKeys {
  /** In small letters. */
  public static final String NAME = "quorum";

  private static final KeyPath KEY = KeyPath.of("Quorum");
  private static final String PENDING = "RestorePending";

  private QuorumKeys() {}

  /**
   * A backup that was written and read back.
   *
   * @param at when it was taken
   */
  public record LastBackup(Instant at, long revision, String file) {}

  /**
   * A restore that made this database.
   *
   * @param at when it was made. Numbers that only grow begin anew at this time in milliseconds
   * @param from the backup's file
   * @param takenAt when the backup was taken
   * @param revision the backup's
   * @param isPending no service has started since
   */
  public record Restored(
      Instant at, String from, Instant takenAt, long revision, boolean isPending) {}

  public static Optional<LastBackup> lastBackup(Snapshot database) {
    return database
        .key(KEY)
        .filter(key -> key.value("BackupAt").isPresent())
        .map(
            key ->
                new LastBackup(
                    instant(key, "BackupAt"),
                    number(key, "BackupRevision"),
                    text(key, "BackupFile")));
  }

  public static Batch write(LastBackup backup) {
    return Batch.builder()
        .createKey(KEY)
        .set(KEY, RegistryValue.qword("BackupAt", backup.at().toEpochMilli()))
        .set(KEY, RegistryValue.qword("BackupRevision", backup.revision()))
        .set(KEY, RegistryValue.sz("BackupFile", backup.file()))
        .build();
  }

  public static Optional<Restored> restored(Snapshot database) {
    return database
        .key(KEY)
        .filter(key -> key.value("RestoredAt").isPresent())
        .map(
            key ->
                new Restored(
                    instant(key, "RestoredAt"),
                    text(key, "RestoredFrom"),
                    instant(key, "RestoredTakenAt"),
                    number(key, "RestoredRevision"),
                    key.value(PENDING).isPresent()));
  }

  /** The backup that it was made of is a good one, and the last that is known. */
  static Batch write(Restored restored) {
    return Batch.builder()
        .createKey(KEY)
        .set(KEY, RegistryValue.qword("BackupAt", restored.takenAt().toEpochMilli()))
        .set(KEY, RegistryValue.qword("BackupRevision", restored.revision()))
        .set(KEY, RegistryValue.sz("BackupFile", restored.from()))
        .set(KEY, RegistryValue.qword("RestoredAt", restored.at().toEpochMilli()))
        .set(KEY, RegistryValue.sz("RestoredFrom", restored.from()))
        .set(KEY, RegistryValue.qword("RestoredTakenAt", restored.takenAt().toEpochMilli()))
        .set(KEY, RegistryValue.qword("RestoredRevision", restored.revision()))
        .set(KEY, RegistryValue.dword(PENDING, 1))
        .build();
  }

  /** A service has looked what runs. */
  public static void settled(Batch.Builder batch) {
    batch.deleteValue(KEY, PENDING);
  }

  private static Instant instant(RegistryKey key, String name) {
    return Instant.ofEpochMilli(number(key, name));
  }

  private static long number(RegistryKey key, String name) {
    return key.value(name).map(RegistryValue::number).orElse(0L);
  }

  private static String text(RegistryKey key, String name) {
    return key.value(name).map(RegistryValue::text).orElse("");
  }
}
