package dev.holdfast.failpoint;

import java.io.IOException;

/**
 * A place that writes, syncs, renames or deletes. Beside what every place can do, these can find
 * the disk full or broken: {@link #before} throws what the operation would have thrown, and {@link
 * #after} what it throws when it was carried out and failed all the same, as a sync may.
 */
public enum StoragePoint implements FailPoint {
  HOME_FORMAT("the file that says a home's format is written"),
  SERVICE_FILE_WRITE("run/service.json is written under another name"),
  SERVICE_FILE_RENAME("run/service.json gets its name"),
  QUORUM_FORMAT_WRITE("the file that says a quorum directory's format is written"),
  QUORUM_FORMAT_SYNC("that file is synced"),
  QUORUM_FORMAT_RENAME("that file gets its name"),
  HIVE_APPEND("batches, or a mark, are written to the end of the cluster database"),
  HIVE_SYNC("what was written to the cluster database is synced"),
  HIVE_CUT("the end of the cluster database is cut off: a torn tail, or room made in advance"),
  HIVE_RENAME("a new or compacted file of the cluster database gets its name"),
  HIVE_DIRECTORY_SYNC("the quorum directory is synced"),
  HIVE_COPY_CREATE("a file for a new or compacted cluster database is made"),
  HIVE_COPY_WRITE("a piece of it is written"),
  HIVE_COPY_SYNC("it is synced"),
  HIVE_COPY_DELETE("what a compaction left unfinished is deleted"),
  BLOB_CREATE("a file for what a checkpoint saves is made"),
  BLOB_WRITE("a piece of it is written"),
  BLOB_SYNC("it is synced"),
  BLOB_RENAME("it gets the name of its digest"),
  BLOB_DIRECTORY_SYNC("the folder of blobs is synced"),
  BLOB_DELETE("a blob that no record names any more, or an unfinished one, is deleted"),
  TREE_SPOOL("the tar of a file tree that is saved is made"),
  TREE_BEGIN("the folder is made in which a file tree is restored"),
  TREE_UNPACK("a file, folder or link of a saved tree is unpacked there"),
  TREE_SYNC("the unpacked tree is synced"),
  TREE_JOURNAL_WRITE("the journal of a restore is written under another name"),
  TREE_JOURNAL_SYNC("the journal is synced"),
  TREE_JOURNAL_RENAME("the journal gets its name"),
  TREE_SWAP("the unpacked tree and the live one change places"),
  TREE_SWAP_SYNC("the swap is synced"),
  TREE_CARRY("what is excluded is moved from the old tree into the new one"),
  TREE_CARRY_SYNC("a folder is synced into which something was moved"),
  TREE_DELETE("the old tree is deleted"),
  TREE_JOURNAL_DELETE("the folder of a restore is deleted, with its journal"),
  EVENTS_CREATE("a new file of the event log is made, and its folder synced"),
  EVENTS_CUT("the torn tail of the event log is cut off"),
  EVENTS_WRITE("events are written"),
  EVENTS_SYNC("they are synced"),
  INCIDENT_WRITE("an incident, or a piece of its evidence, is written and synced"),
  INCIDENT_RENAME("an incident gets its number, or its newer account its name"),
  INCIDENT_DIRECTORY_SYNC("a folder of incidents is synced"),
  ARCHIVE_WRITE("a piece of a plugin archive is copied into the store"),
  ARCHIVE_SYNC("the copy is synced"),
  ARCHIVE_RENAME("the copy gets the name of its digest"),
  ARCHIVE_DIRECTORY_SYNC("the store's folder is synced"),
  UNPACK_WRITE("a piece of an archive's entry is unpacked"),
  UNPACK_SYNC("all that was unpacked is synced"),
  UNPACK_RENAME("the unpacked folder gets the name of its digest"),
  UNPACK_DIRECTORY_SYNC("the folder of unpacked archives is synced"),
  MONITOR_STATE_BLOCK(Side.MONITOR, "the monitor makes its state block"),
  BACKUP_WRITE(Side.COMMAND, "a piece of a backup is written"),
  BACKUP_SYNC(Side.COMMAND, "a backup is synced"),
  BACKUP_RENAME(Side.COMMAND, "a backup, read back, gets its name"),
  BACKUP_DIRECTORY_SYNC(Side.COMMAND, "the folder that it is in is synced"),
  RESTORE_STAGE(Side.COMMAND, "a folder for a restored quorum directory is made"),
  RESTORE_DATABASE(Side.COMMAND, "the restored cluster database is written and synced"),
  RESTORE_CONTENT(Side.COMMAND, "a blob or plugin archive of it is written and synced"),
  RESTORE_SYNC(Side.COMMAND, "the restored directory is completed and synced"),
  RESTORE_EXCHANGE(Side.COMMAND, "it takes the place of the one that is there, or of none"),
  RESTORE_KEEP(Side.COMMAND, "the one that was there gets the name under which it is kept"),
  RESTORE_MARK(Side.COMMAND, "what says that the restored one is not done is deleted");

  private final Side side;
  private final String standsFor;

  StoragePoint(String standsFor) {
    this(Side.SERVICE, standsFor);
  }

  StoragePoint(Side side, String standsFor) {
    this.side = side;
    this.standsFor = standsFor;
  }

  @Override
  public String place() {
    return FailPoint.placeName(name(), 1);
  }

  @Override
  public Side side() {
    return side;
  }

  @Override
  public String standsFor() {
    return standsFor;
  }

  /** What it stands for is about to be done. */
  public void before() throws IOException {
    if (Armed.ON) {
      Armed.storage(this, Moment.BEFORE);
    }
  }

  /** It is done. */
  public void after() throws IOException {
    if (Armed.ON) {
      Armed.storage(this, Moment.AFTER);
    }
  }
}
