package dev.holdfast.checkpoint;

import dev.holdfast.registry.hive.Storage;
import dev.holdfast.registry.hive.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A directory whose process dies at a certain operation: from then on nothing is done any more.
 * What was done before it stays, as after {@code kill -9}.
 */
final class MortalStorage implements Storage {
  /** Counts the operations of all that belong to one process. */
  static final class Life {
    private final int diesAt;
    private int count;

    /**
     * @param diesAt the number of the operation that is not done any more, from 1
     */
    Life(int diesAt) {
      this.diesAt = diesAt;
    }

    private synchronized void step() throws IOException {
      if (++count >= diesAt) {
        throw new IOException("dead");
      }
    }

    synchronized boolean isOver() {
      return count >= diesAt;
    }
  }

  private final Storage storage;
  private final Life life;

  MortalStorage(Storage storage, Life life) {
    this.storage = storage;
    this.life = life;
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
    return new MortalFile(storage.open(name));
  }

  @Override
  public StorageFile create(String name) throws IOException {
    life.step();
    return new MortalFile(storage.create(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    life.step();
    storage.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    life.step();
    storage.delete(name);
  }

  @Override
  public void syncDirectory() throws IOException {
    life.step();
    storage.syncDirectory();
  }

  @Override
  public String describe(String name) {
    return storage.describe(name);
  }

  private final class MortalFile implements StorageFile {
    private final StorageFile file;

    MortalFile(StorageFile file) {
      this.file = file;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      return file.read(offset, target);
    }

    /** A write that is cut short leaves half of it. */
    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      try {
        life.step();
      } catch (IOException dead) {
        file.write(offset, source.slice().limit(source.remaining() / 2));
        throw dead;
      }
      file.write(offset, source);
    }

    @Override
    public void sync() throws IOException {
      life.step();
      file.sync();
    }

    @Override
    public void truncate(long size) throws IOException {
      life.step();
      file.truncate(size);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
