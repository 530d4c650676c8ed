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
 * A directory of hives with fail points around all that is done to its files. Which point it is
 * depends on what a file is at that moment: a hive, such as the cluster database, the file that is
 * to take its place, or the file that says the quorum directory's format.
 *
 * <p>The registry knows nothing of fail points: this is the storage it is given.
 */
public final class FailingStorage implements Storage {
  private static final String NEW = ".new";
  private static final String FORMAT = "format";

  private final Storage storage;

  /** Files that are open under a name they will not keep. */
  private final Map<String, FailingFile> unnamed = new ConcurrentHashMap<>();

  public FailingStorage(Storage storage) {
    this.storage = storage;
  }

  /** What a file is, and with it where writing and syncing it can be made to fail. */
  private enum Role {
    DATABASE(StoragePoint.HIVE_APPEND, StoragePoint.HIVE_SYNC),
    COPY(StoragePoint.HIVE_COPY_WRITE, StoragePoint.HIVE_COPY_SYNC),
    FORMAT_FILE(StoragePoint.QUORUM_FORMAT_WRITE, StoragePoint.QUORUM_FORMAT_SYNC);

    final StoragePoint write;
    final StoragePoint sync;

    Role(StoragePoint write, StoragePoint sync) {
      this.write = write;
      this.sync = sync;
    }

    static Role of(String name) {
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
    return new FailingFile(storage.open(name), Role.of(name));
  }

  @Override
  public StorageFile create(String name) throws IOException {
    StoragePoint.HIVE_COPY_CREATE.before();
    var made = new FailingFile(storage.create(name), Role.of(name));
    StoragePoint.HIVE_COPY_CREATE.after();
    unnamed.put(name, made);
    return made;
  }

  @Override
  public void rename(String from, String to) throws IOException {
    StoragePoint point =
        to.equals(FORMAT) ? StoragePoint.QUORUM_FORMAT_RENAME : StoragePoint.HIVE_RENAME;
    point.before();
    storage.rename(from, to);
    FailingFile open = unnamed.remove(from);
    if (open != null) {
      open.role = Role.of(to);
    }
    point.after();
  }

  @Override
  public void delete(String name) throws IOException {
    StoragePoint.HIVE_COPY_DELETE.before();
    storage.delete(name);
    unnamed.remove(name);
    StoragePoint.HIVE_COPY_DELETE.after();
  }

  @Override
  public void syncDirectory() throws IOException {
    StoragePoint.HIVE_DIRECTORY_SYNC.before();
    storage.syncDirectory();
    StoragePoint.HIVE_DIRECTORY_SYNC.after();
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
