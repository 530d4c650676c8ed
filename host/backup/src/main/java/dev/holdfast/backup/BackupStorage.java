package dev.holdfast.backup;

import dev.holdfast.backup.Manifest.Member;
import dev.holdfast.registry.hive.Storage;
import dev.holdfast.registry.hive.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** The members of a backup as a directory that can be read. */
final class BackupStorage implements Storage {
  private final BackupFile backup;

  BackupStorage(BackupFile backup) {
    this.backup = backup;
  }

  @Override
  public boolean exists(String name) {
    return backup.offset(name) >= 0;
  }

  @Override
  public List<String> names() {
    return backup.members().stream().map(Member::name).toList();
  }

  @Override
  public StorageFile open(String name) throws IOException {
    long from = backup.offset(name);
    if (from < 0) {
      throw new NoSuchFileException(describe(name));
    }
    return new Part(backup, from, backup.size(name));
  }

  @Override
  public StorageFile create(String name) {
    throw readOnly();
  }

  @Override
  public void rename(String from, String to) {
    throw readOnly();
  }

  @Override
  public void delete(String name) {
    throw readOnly();
  }

  @Override
  public void syncDirectory() {
    throw readOnly();
  }

  @Override
  public String describe(String name) {
    return name + " in " + backup.file();
  }

  private static UnsupportedOperationException readOnly() {
    return new UnsupportedOperationException("a backup is read, and never changed");
  }

  private record Part(BackupFile backup, long from, long size) implements StorageFile {
    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      int room = (int) Math.max(0, Math.min(target.remaining(), size - offset));
      ByteBuffer part = target.slice(target.position(), room);
      int count = backup.read(from + offset, part);
      target.position(target.position() + count);
      return count;
    }

    @Override
    public void write(long offset, ByteBuffer source) {
      throw readOnly();
    }

    @Override
    public void sync() {
      throw readOnly();
    }

    @Override
    public void truncate(long size) {
      throw readOnly();
    }

    @Override
    public void close() {
      // The backup is closed by who opened it.
    }
  }
}
