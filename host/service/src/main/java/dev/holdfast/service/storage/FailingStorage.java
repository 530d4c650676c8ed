package dev.holdfast.service.storage;

import dev.holdfast.failpoint.StoragePoint;
import dev.holdfast.registry.hive.Storage;
import dev.holdfast.registry.hive.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A directory of hives, or of blobs, with fail points around all that is done to its files. Which
 * point it is depends on what a file is at that moment: a hive, such as the cluster database, the
 * file that is to take its place, or the file that says the quorum directory's format.
 *
 * <p>The registry knows nothing of fail points: this is the storage it is given.
 */
public final class FailingStorage implements Storage {
  private static final String NEW = ".new";
  private static final String FORMAT = "format";

  private final Storage storage;
  private final Directory directory;

  /** Files that are open under a name they will not keep. */
  private final Map<String, FailingFile> unnamed = new ConcurrentHashMap<>();

  private FailingStorage(Storage storage, Directory directory) {
    this.storage = storage;
    this.directory = directory;
  }

  /** A directory of hives. */
  public static FailingStorage ofHives(Storage storage) {
    return new FailingStorage(storage, Directory.HIVES);
  }

  /** A directory of blobs. */
  public static FailingStorage ofBlobs(Storage storage) {
    return new FailingStorage(storage, Directory.BLOBS);
  }

  /**
   * What a directory is of, and with it where what is done to it as a whole can be made to fail.
   */
  private enum Directory {
    HIVES(
        StoragePoint.HIVE_COPY_CREATE,
        StoragePoint.HIVE_RENAME,
        StoragePoint.HIVE_COPY_DELETE,
        StoragePoint.HIVE_DIRECTORY_SYNC),
    BLOBS(
        StoragePoint.BLOB_CREATE,
        StoragePoint.BLOB_RENAME,
        StoragePoint.BLOB_DELETE,
        StoragePoint.BLOB_DIRECTORY_SYNC);

    final StoragePoint create;
    final StoragePoint rename;
    final StoragePoint delete;
    final StoragePoint sync;

    Directory(StoragePoint create, StoragePoint rename, StoragePoint delete, StoragePoint sync) {
      this.create = create;
      this.rename = rename;
      this.delete = delete;
      this.sync = sync;
    }
  }

  /** What a file is, and with it where writing and syncing it can be made to fail. */
  private enum Role {
    DATABASE(StoragePoint.HIVE_APPEND, StoragePoint.HIVE_SYNC),
    COPY(StoragePoint.HIVE_COPY_WRITE, StoragePoint.HIVE_COPY_SYNC),
    FORMAT_FILE(StoragePoint.QUORUM_FORMAT_WRITE, StoragePoint.QUORUM_FORMAT_SYNC),
    BLOB(StoragePoint.BLOB_WRITE, StoragePoint.BLOB_SYNC);

    final StoragePoint write;
    final StoragePoint sync;

    Role(StoragePoint write, StoragePoint sync) {
      this.write = write;
      this.sync = sync;
    }

    static Role of(Directory directory, String name) {
      if (directory == Directory.BLOBS) {
        return BLOB;
      }
      if (name.equals(FORMAT + NEW)) {
        return FORMAT_FILE;
      }
      return name.endsWith(NEW) ? COPY : DATABASE;
    }
  }

  @Override
  public boolean exists(String name) throws IOException {
    return storage.exists(name);
  }

  @Override
  public List<String> names() throws IOException {
    return storage.names();
  }

  @Override
  public StorageFile open(String name) throws IOException {
    return new FailingFile(storage.open(name), Role.of(directory, name));
  }

  @Override
  public StorageFile create(String name) throws IOException {
    directory.create.before();
    var made = new FailingFile(storage.create(name), Role.of(directory, name));
    directory.create.after();
    unnamed.put(name, made);
    return made;
  }

  @Override
  public void rename(String from, String to) throws IOException {
    StoragePoint point = to.equals(FORMAT) ? StoragePoint.QUORUM_FORMAT_RENAME : directory.rename;
    point.before();
    storage.rename(from, to);
    FailingFile open = unnamed.remove(from);
    if (open != null) {
      open.role = Role.of(directory, to);
    }
    point.after();
  }

  @Override
  public void delete(String name) throws IOException {
    directory.delete.before();
    storage.delete(name);
    unnamed.remove(name);
    directory.delete.after();
  }

  @Override
  public void syncDirectory() throws IOException {
    directory.sync.before();
    storage.syncDirectory();
    directory.sync.after();
  }

  @Override
  public String describe(String name) {
    return storage.describe(name);
  }

  private static final class FailingFile implements StorageFile {
    private final StorageFile file;
    private volatile Role role;

    FailingFile(StorageFile file, Role role) {
      this.file = file;
      this.role = role;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      return file.read(offset, target);
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      StoragePoint point = role.write;
      point.before();
      file.write(offset, source);
      point.after();
    }

    @Override
    public void sync() throws IOException {
      StoragePoint point = role.sync;
      point.before();
      file.sync();
      point.after();
    }

    @Override
    public void truncate(long size) throws IOException {
      StoragePoint.HIVE_CUT.before();
      file.truncate(size);
      StoragePoint.HIVE_CUT.after();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
