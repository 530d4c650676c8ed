package dev.holdfast.registry.hive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A directory in memory that knows what is on the disk and what is only on its way there, and can
 * lose power before, in the middle of, or after any operation, or refuse one.
 *
 * <p>After a loss of power a file has what was synced, and of what was written since any sectors or
 * none; the directory has a part of the changes since it was last synced, in their order.
 */
final class SimulatedDisk implements Storage {
  private static final int SECTOR_BYTES = 512;

  /** What can be done to a file or the directory; reading does not count. */
  enum Operation {
    WRITE,
    SYNC,
    TRUNCATE,
    CREATE,
    RENAME,
    DELETE,
    SYNC_DIRECTORY
  }

  /** Decides, before each operation, whether it fails. */
  interface Fault {
    Fault NONE = (_, _) -> Outcome.WORKS;

    Outcome at(long number, Operation operation);
  }

  /** What becomes of an operation. */
  enum Outcome {
    WORKS,
    /** An exception, and nothing is done. */
    FAILS,
    /** An exception, and half of a write is done. */
    HALF_DONE,
    /** An exception, and the operation is done nevertheless. */
    DONE_BUT_FAILS,
    /** The power is lost: half of a write is done, then nothing ever again. */
    POWER_LOST
  }

  /** How much of what was not synced is found again. */
  enum Survives {
    NOTHING,
    EVERYTHING,
    SOME
  }

  /** A write, or a truncation when it has no bytes, that is not synced. */
  private static final class Pending {
    final long offset;
    final byte[] bytes;
    final long truncatedTo;

    Pending(long offset, byte[] bytes, long truncatedTo) {
      this.offset = offset;
      this.bytes = bytes;
      this.truncatedTo = truncatedTo;
    }
  }

  private static final class Inode {
    byte[] content = {};
    byte[] synced = {};
    final List<Pending> pending = new ArrayList<>();
  }

  private final Map<String, Inode> directory = new LinkedHashMap<>();
  private final Map<String, Inode> syncedDirectory = new LinkedHashMap<>();
  private final List<Map<String, Inode>> pendingDirectories = new ArrayList<>();
  private Fault fault = Fault.NONE;
  private long operations;
  private boolean dead;

  synchronized void setFault(Fault newFault) {
    fault = newFault;
  }

  synchronized long operations() {
    return operations;
  }

  synchronized boolean isDead() {
    return dead;
  }

  synchronized byte[] content(String name) {
    return inode(name).content.clone();
  }

  /** A disk with this one file, all of it synced. */
  static SimulatedDisk with(String name, byte[] content) {
    return with(Map.of(name, content));
  }

  /** A disk with these files, all of them synced. */
  static SimulatedDisk with(Map<String, byte[]> files) {
    var disk = new SimulatedDisk();
    files.forEach(
        (name, content) -> {
          var inode = new Inode();
          inode.content = content.clone();
          inode.synced = content.clone();
          disk.directory.put(name, inode);
          disk.syncedDirectory.put(name, inode);
        });
    return disk;
  }

  /** All files as they are now. */
  synchronized Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    directory.forEach((name, inode) -> files.put(name, inode.content.clone()));
    return files;
  }

  /** The disk as it is found when the power is back. */
  synchronized SimulatedDisk afterPowerLoss(Survives survives, RandomGenerator random) {
    int kept =
        switch (survives) {
          case NOTHING -> 0;
          case EVERYTHING -> pendingDirectories.size();
          case SOME -> random.nextInt(pendingDirectories.size() + 1);
        };
    var found = new SimulatedDisk();
    Map<String, Inode> entries = kept == 0 ? syncedDirectory : pendingDirectories.get(kept - 1);
    entries.forEach(
        (name, inode) -> {
          var after = new Inode();
          after.content = survivor(inode, survives, random);
          after.synced = after.content.clone();
          found.directory.put(name, after);
          found.syncedDirectory.put(name, after);
        });
    return found;
  }

  private static byte[] survivor(Inode inode, Survives survives, RandomGenerator random) {
    byte[] bytes = inode.synced;
    for (Pending pending : inode.pending) {
      if (pending.bytes.length == 0) {
        if (kept(survives, random)) {
          bytes = Arrays.copyOf(bytes, (int) pending.truncatedTo);
        }
        continue;
      }
      int from = 0;
      while (from < pending.bytes.length) {
        long sectorEnd = ((pending.offset + from) / SECTOR_BYTES + 1) * SECTOR_BYTES;
        int to = (int) Math.min(pending.bytes.length, sectorEnd - pending.offset);
        if (kept(survives, random)) {
          bytes = written(bytes, pending.offset + from, pending.bytes, from, to);
        }
        from = to;
      }
    }
    return bytes.clone();
  }

  private static boolean kept(Survives survives, RandomGenerator random) {
    return switch (survives) {
      case NOTHING -> false;
      case EVERYTHING -> true;
      case SOME -> random.nextBoolean();
    };
  }

  private static byte[] written(byte[] old, long offset, byte[] source, int from, int to) {
    byte[] bytes = Arrays.copyOf(old, (int) Math.max(old.length, offset + to - from));
    System.arraycopy(source, from, bytes, (int) offset, to - from);
    return bytes;
  }

  /** Asks the fault; returns whether the operation is to be done, or done in half. */
  private Outcome begin(Operation operation) throws IOException {
    if (dead) {
      throw new IOException("no power");
    }
    Outcome outcome = fault.at(operations++, operation);
    dead = outcome == Outcome.POWER_LOST;
    if (outcome == Outcome.FAILS) {
      throw new IOException("No space left on device (simulated, at " + operation + ")");
    }
    return outcome;
  }

  private static void end(Outcome outcome, Operation operation) throws IOException {
    if (outcome != Outcome.WORKS) {
      throw new IOException("Input/output error (simulated, at " + operation + ")");
    }
  }

  private void directoryChanged() {
    pendingDirectories.add(new LinkedHashMap<>(directory));
  }

  private Inode inode(String name) {
    Inode inode = directory.get(name);
    if (inode == null) {
      throw new IllegalArgumentException("no file " + name);
    }
    return inode;
  }

  @Override
  public synchronized boolean exists(String name) {
    return directory.containsKey(name);
  }

  @Override
  public synchronized List<String> names() {
    return List.copyOf(directory.keySet());
  }

  @Override
  public synchronized StorageFile open(String name) throws IOException {
    if (!exists(name)) {
      throw new NoSuchFileException(name);
    }
    return new File(inode(name));
  }

  @Override
  public synchronized StorageFile create(String name) throws IOException {
    Outcome outcome = begin(Operation.CREATE);
    var inode = new Inode();
    if (outcome != Outcome.HALF_DONE) {
      directory.put(name, inode);
      directoryChanged();
    }
    end(outcome, Operation.CREATE);
    return new File(inode);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    Outcome outcome = begin(Operation.RENAME);
    if (outcome != Outcome.HALF_DONE) {
      directory.put(to, inode(from));
      directory.remove(from);
      directoryChanged();
    }
    end(outcome, Operation.RENAME);
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    Outcome outcome = begin(Operation.DELETE);
    if (outcome != Outcome.HALF_DONE) {
      directory.remove(name);
      directoryChanged();
    }
    end(outcome, Operation.DELETE);
  }

  @Override
  public synchronized void syncDirectory() throws IOException {
    Outcome outcome = begin(Operation.SYNC_DIRECTORY);
    if (outcome == Outcome.WORKS || outcome == Outcome.DONE_BUT_FAILS) {
      syncedDirectory.clear();
      syncedDirectory.putAll(directory);
      pendingDirectories.clear();
    }
    end(outcome, Operation.SYNC_DIRECTORY);
  }

  @Override
  public String describe(String name) {
    return name;
  }

  private final class File implements StorageFile {
    private final Inode inode;

    File(Inode inode) {
      this.inode = inode;
    }

    @Override
    public long size() {
      synchronized (SimulatedDisk.this) {
        return inode.content.length;
      }
    }

    @Override
    public int read(long offset, ByteBuffer target) {
      synchronized (SimulatedDisk.this) {
        int count = Math.clamp(inode.content.length - offset, 0, target.remaining());
        target.put(inode.content, (int) Math.min(offset, inode.content.length), count);
        return count;
      }
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      synchronized (SimulatedDisk.this) {
        Outcome outcome = begin(Operation.WRITE);
        boolean half = outcome == Outcome.HALF_DONE || outcome == Outcome.POWER_LOST;
        var bytes = new byte[half ? source.remaining() / 2 : source.remaining()];
        source.get(bytes);
        if (bytes.length > 0) {
          inode.pending.add(new Pending(offset, bytes, 0));
          inode.content = written(inode.content, offset, bytes, 0, bytes.length);
        }
        end(outcome, Operation.WRITE);
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (SimulatedDisk.this) {
        Outcome outcome = begin(Operation.SYNC);
        if (outcome == Outcome.WORKS || outcome == Outcome.DONE_BUT_FAILS) {
          inode.synced = inode.content.clone();
          inode.pending.clear();
        }
        end(outcome, Operation.SYNC);
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (SimulatedDisk.this) {
        Outcome outcome = begin(Operation.TRUNCATE);
        if (outcome != Outcome.HALF_DONE && size < inode.content.length) {
          inode.pending.add(new Pending(0, new byte[0], size));
          inode.content = Arrays.copyOf(inode.content, (int) size);
        }
        end(outcome, Operation.TRUNCATE);
      }
    }

    @Override
    public void close() {}
  }
}
