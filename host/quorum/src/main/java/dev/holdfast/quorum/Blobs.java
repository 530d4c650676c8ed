package dev.holdfast.quorum;

import dev.holdfast.registry.hive.Storage;
import dev.holdfast.registry.hive.StorageFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Contents that are too large for the log, each in a file named by its SHA-256: what has the same
 * content is kept once, and what is read back can be checked by its name.
 *
 * <p>Whoever writes a record that names a blob holds the blob from before until the record is gone;
 * a blob that nobody holds is deleted. Holds are counted in memory: after a start, records are read
 * and their blobs held again before {@link #collect} is called. Thread-safe.
 */
public final class Blobs {
  private static final String PREFIX = "sha256:";
  private static final String NEW = ".new";
  private static final int BUFFER_BYTES = 64 << 10;
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");

  private final Storage storage;
  private final Path directory;
  private final AtomicLong lastNumber = new AtomicLong();

  /** Guards {@link #holds}, and that nothing is deleted which is about to be held. */
  private final Object lock = new Object();

  private final Map<String, Integer> holds = new HashMap<>();

  /** Counts those who wait for the directory to be synced, each after it has renamed. */
  private final AtomicLong renamed = new AtomicLong();

  /** Guards {@link #synced}, and is held while the directory is synced. */
  private final Object directoryLock = new Object();

  /** Those up to this number need wait no longer. */
  private long synced;

  /** Syncs of the directory that have failed. Written under {@link #directoryLock}. */
  private final AtomicLong failedSyncs = new AtomicLong();

  /**
   * How many want nothing to be deleted; and what would have been, since the first of them came.
   */
  private int keepers;

  private final Set<String> dueForDeletion = new HashSet<>();

  /**
   * @param storage the directory, which exists; what happens to its files goes through here
   * @param directory the same, for those who read
   */
  public Blobs(Storage storage, Path directory) {
    this.storage = storage;
    this.directory = directory;
  }

  /**
   * A blob that was written.
   *
   * @param digest {@code sha256:HEX}, its name
   */
  public record Blob(String digest, long sizeBytes) {}

  /** Writes a content into a stream. */
  @FunctionalInterface
  public interface Writer {
    void writeTo(OutputStream out) throws IOException;
  }

  /** How a blob is. */
  public enum Condition {
    GOOD,
    MISSING,
    DAMAGED
  }

  /**
   * Writes a blob and holds it once; it is durable when this returns. When it throws, nothing is
   * held and nothing is left behind: whoever tries again writes and syncs all of it again.
   *
   * @throws IOException says where it was to be written, and how much is free there
   */
  public Blob put(Writer writer) throws IOException {
    String temporary = lastNumber.incrementAndGet() + NEW;
    try (StorageFile file = storage.create(temporary)) {
      var out = new Digesting(file);
      writer.writeTo(out);
      out.flush();
      Blob blob = out.blob();
      keep(temporary, file, blob.digest());
      return blob;
    } catch (IOException e) {
      removeQuietly(temporary, e);
      throw new IOException(
          "a blob was not written (%s): %s".formatted(FreeSpace.in(directory), e.getMessage()), e);
    } catch (RuntimeException e) {
      removeQuietly(temporary, e);
      throw e;
    }
  }

  /**
   * Gives a file its name, and returns when it is durable under it. A name that nobody holds is
   * given before the file is synced: a file system such as ext4 then writes both down at once, and
   * what a death leaves half written under a name that no record has is collected. Under a name
   * that is held there is a whole file already, perhaps a damaged one, which only a whole one may
   * replace.
   */
  private void keep(String temporary, StorageFile file, String digest) throws IOException {
    long failedBefore = failedSyncs.get();
    boolean isHeld;
    synchronized (lock) {
      isHeld = holds.containsKey(digest);
      hold(digest);
      if (!isHeld) {
        try {
          storage.rename(temporary, hex(digest));
        } catch (IOException | RuntimeException e) {
          releaseQuietly(digest, e); // It may have the name, whatever was said.
          throw e;
        }
      }
    }
    try {
      file.sync();
      if (isHeld) {
        storage.rename(temporary, hex(digest));
      }
      syncDirectory(failedBefore);
    } catch (IOException | RuntimeException e) {
      releaseQuietly(digest, e);
      throw e;
    }
  }

  /**
   * Makes what was renamed before durable; those who come at once share a sync, and its failure: a
   * directory that failed to sync may say the next time that it did.
   *
   * @param failedBefore the syncs that had failed before the caller renamed: one that failed since
   *     may have lost what it renamed
   */
  private void syncDirectory(long failedBefore) throws IOException {
    long mine = renamed.incrementAndGet();
    synchronized (directoryLock) {
      if (failedSyncs.get() != failedBefore) {
        throw new IOException("the folder failed to sync with what was renamed at the same time");
      }
      if (synced < mine) {
        long all = renamed.get();
        try {
          storage.syncDirectory();
          synced = all;
        } catch (IOException e) {
          failedSyncs.incrementAndGet();
          throw e;
        }
      }
    }
  }

  private void releaseQuietly(String digest, Exception because) {
    try {
      release(digest);
    } catch (IOException left) {
      because.addSuppressed(left); // It is collected after the next start.
    }
  }

  private void removeQuietly(String temporary, Exception because) {
    try {
      if (storage.exists(temporary)) {
        storage.delete(temporary);
      }
    } catch (IOException left) {
      because.addSuppressed(left); // It is collected after the next start.
    }
  }

  /** Holds a blob once more. */
  public void hold(String digest) {
    synchronized (lock) {
      holds.merge(digest, 1, Integer::sum);
    }
  }

  /**
   * Lets go of a blob once; when nobody holds it any more it is deleted, at once or, while
   * everything is kept, after that.
   *
   * @throws IOException it could not be deleted; it is collected after the next start
   */
  public void release(String digest) throws IOException {
    synchronized (lock) {
      Integer left = holds.computeIfPresent(digest, (_, count) -> count > 1 ? count - 1 : null);
      if (left == null && keepers > 0) {
        dueForDeletion.add(digest);
      } else if (left == null) {
        deleteIfThere(digest);
      }
    }
  }

  private void deleteIfThere(String digest) throws IOException {
    if (storage.exists(hex(digest))) {
      storage.delete(hex(digest));
    }
  }

  /**
   * From now on nothing is deleted, until the answer is closed: whoever reads what a record of this
   * moment or a later one names finds it, also when the record goes meanwhile.
   */
  public Keeping keepAll() {
    synchronized (lock) {
      keepers++;
    }
    return new Keeping(this);
  }

  private void keepAllNoMore() throws IOException {
    synchronized (lock) {
      keepers--;
      if (keepers > 0) {
        return;
      }
      for (String digest : dueForDeletion) {
        if (!holds.containsKey(digest)) {
          deleteIfThere(digest);
        }
      }
      dueForDeletion.clear();
    }
  }

  /** Has everything kept until it is closed. */
  public static final class Keeping implements AutoCloseable {
    private final Blobs blobs;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Keeping(Blobs blobs) {
      this.blobs = blobs;
    }

    /**
     * Deletes what nobody held any more meanwhile. Harmless when repeated.
     *
     * @throws IOException something could not be deleted; it is collected after the next start
     */
    @Override
    public void close() throws IOException {
      if (closed.compareAndSet(false, true)) {
        blobs.keepAllNoMore();
      }
    }
  }

  /** Deletes what nobody holds, such as what a death left behind; returns how much that was. */
  public int collect() throws IOException {
    int deleted = 0;
    synchronized (lock) {
      for (String name : storage.names()) {
        boolean isOurs = NAME.matcher(name).matches() || name.endsWith(NEW);
        if (isOurs && !holds.containsKey(PREFIX + name)) {
          storage.delete(name);
          deleted++;
        }
      }
    }
    return deleted;
  }

  /** Where a blob is read. Its content was not looked at. */
  public Path file(String digest) {
    return directory.resolve(hex(digest));
  }

  /**
   * Reads a blob to its end.
   *
   * @throws IOException it is there and cannot be read
   */
  public Condition check(String digest) throws IOException {
    String name = hex(digest);
    if (!storage.exists(name)) {
      return Condition.MISSING;
    }
    MessageDigest sha = sha256();
    try (StorageFile file = storage.open(name)) {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
      for (long at = 0; ; at += buffer.limit()) {
        buffer.clear();
        int count = file.read(at, buffer);
        if (count <= 0) {
          break;
        }
        sha.update(buffer.flip());
      }
    }
    return digest.equals(digest(sha)) ? Condition.GOOD : Condition.DAMAGED;
  }

  private static String hex(String digest) {
    if (!digest.startsWith(PREFIX) || !NAME.matcher(digest.substring(PREFIX.length())).matches()) {
      throw new IllegalArgumentException("a digest is sha256:HEX, found " + digest);
    }
    return digest.substring(PREFIX.length());
  }

  private static String digest(MessageDigest sha) {
    return PREFIX + HexFormat.of().formatHex(sha.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Writes into a file, and knows the digest of what it wrote. */
  private static final class Digesting extends OutputStream {
    private final StorageFile file;
    private final MessageDigest sha = sha256();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long size;

    Digesting(StorageFile file) {
      this.file = file;
    }

    @Override
    public void write(int one) throws IOException {
      if (!buffer.hasRemaining()) {
        flush();
      }
      buffer.put((byte) one);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      if (count > buffer.remaining()) {
        flush();
      }
      if (count > buffer.remaining()) {
        append(ByteBuffer.wrap(bytes, from, count));
      } else {
        buffer.put(bytes, from, count);
      }
    }

    @Override
    public void flush() throws IOException {
      append(buffer.flip());
      buffer.clear();
    }

    private void append(ByteBuffer source) throws IOException {
      int count = source.remaining();
      sha.update(source.duplicate());
      file.write(size, source);
      size += count;
    }

    Blob blob() {
      return new Blob(digest(sha), size);
    }
  }
}
