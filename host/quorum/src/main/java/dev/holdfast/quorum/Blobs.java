package dev.holdfast.quorum;

import dev.holdfast.registry.hive.Storage;
import dev.holdfast.registry.hive.StorageFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Contents that are too large for the log, each in a file named by its SHA-256: what has the same
 * content is kept once, and what is read back can be checked by its name.
 *
 * <p>Whoever writes a record that names a blob holds the blob from before until the record is gone;
 * a blob that nobody holds is deleted, or its file is a spare for another ({@link #replace}), so
 * whoever reads one while its record may go holds it. Holds are counted in memory: after a start,
 * records are read and their blobs held again before {@link #collect} is called. Thread-safe.
 */
public final class Blobs {
  private static final String PREFIX = "sha256:";
  private static final String NEW = ".new";
  private static final int BUFFER_BYTES = 64 << 10;

  /** A content up to this size is gathered before a file is chosen for it. */
  static final int SMALL_BYTES_MAX = 64 << 10;

  /** So many files wait to be written anew, at most. */
  static final int SPARES_MAX = 256;

  /** A buffer has room for so much at first: what a hive file of a few values has. */
  private static final int FIRST_BYTES = 8 << 10;

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

  /** Files that are named for contents which nobody holds, oldest first, by those. */
  private final Map<String, Spare> spares = new LinkedHashMap<>();

  /** Counts the times that idle spares were deleted. */
  private long sweeps;

  /**
   * A file that the next content of its size is written into.
   *
   * @param since how many sweeps there had been
   */
  private record Spare(long sizeBytes, long since) {}

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
    try (var content = new Content()) {
      writer.writeTo(content);
      return content.keep();
    } catch (IOException e) {
      throw new IOException(
          "a blob was not written (%s): %s".formatted(FreeSpace.in(directory), e.getMessage()), e);
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
   * Writes a content into a spare file of its size, if there is one and the content is new. The
   * file gets its new name first: whoever has a content of the old name to write meanwhile makes a
   * file of its own. Nothing of it counts before a record has the name, as in {@link #keep}.
   *
   * @return false when it is to be written into a file of its own; nothing is held then
   */
  private boolean keepInSpare(String digest, ByteBuffer content) throws IOException {
    long failedBefore = failedSyncs.get();
    synchronized (lock) {
      if (holds.containsKey(digest) || !takeSpare(digest, content.remaining())) {
        return false;
      }
      hold(digest);
    }
    try (StorageFile file = storage.open(hex(digest))) {
      boolean isAsLong = file.size() == content.remaining();
      if (isAsLong) {
        file.write(0, content);
        file.sync();
        syncDirectory(failedBefore);
      } else {
        release(digest); // Somebody cut it, or wrote to it; that is none to go on with.
      }
      return isAsLong;
    } catch (IOException | RuntimeException e) {
      releaseQuietly(digest, e);
      throw e;
    }
  }

  /** Names the oldest spare of a size for a content that nobody holds; false if there is none. */
  private boolean takeSpare(String digest, long sizeBytes) throws IOException {
    for (Iterator<Map.Entry<String, Spare>> each = spares.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<String, Spare> spare = each.next();
      if (spare.getValue().sizeBytes() == sizeBytes) {
        String old = spare.getKey();
        each.remove();
        try {
          storage.rename(hex(old), hex(digest));
          return true;
        } catch (NoSuchFileException e) {
          // Somebody deleted it. The next one will do.
        } catch (IOException | RuntimeException e) {
          deleteQuietly(old, e);
          deleteQuietly(digest, e); // It may have the name, whatever was said.
          throw e;
        }
      }
    }
    return false;
  }

  private void deleteQuietly(String digest, Exception because) {
    try {
      deleteIfThere(digest);
    } catch (IOException left) {
      because.addSuppressed(left); // It is collected after the next start.
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
    letOthersComeFirst();
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

  /** Virtual threads that are ready to run may have renamed something a moment later. */
  @SuppressWarnings("ThreadPriorityCheck") // Nothing but the number of syncs depends on it.
  private static void letOthersComeFirst() {
    if (Thread.currentThread().isVirtual()) {
      Thread.yield();
    }
  }

  private void releaseQuietly(String digest, Exception because) {
    try {
      release(digest);
    } catch (IOException left) {
      because.addSuppressed(left); // It is collected after the next start.
    }
  }

  /** Holds a blob once more. */
  public void hold(String digest) {
    synchronized (lock) {
      spares.remove(digest);
      holds.merge(digest, 1, Integer::sum);
    }
  }

  /**
   * Holds a blob once more if anybody holds it: whoever is to read it finds it as it was until it
   * is released.
   *
   * @return false when nobody does, and nothing of it is to be found
   */
  public boolean tryHold(String digest) {
    synchronized (lock) {
      return holds.computeIfPresent(digest, (_, count) -> count + 1) != null;
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

  /**
   * Lets go of a blob once, as {@link #release} does, while new ones are being written: what nobody
   * holds any more may become one of those. To make and to delete a file costs more than to write a
   * small one. What becomes none is deleted by {@link #deleteIdleSpares}.
   *
   * <p>Called when the record that named it is durably gone: it may be overwritten right after.
   *
   * @param sizeBytes its size, when it was written
   * @throws IOException it could not be deleted; it is collected after the next start
   */
  public void replace(String digest, long sizeBytes) throws IOException {
    synchronized (lock) {
      boolean isLast = Objects.equals(holds.get(digest), 1);
      if (isLast && keepers == 0 && sizeBytes <= SMALL_BYTES_MAX && spares.size() < SPARES_MAX) {
        holds.remove(digest);
        spares.put(digest, new Spare(sizeBytes, sweeps));
      } else {
        release(digest);
      }
    }
  }

  /**
   * Deletes the files that wait to be written anew since before the last time that this was asked
   * for: what was replaced does not stay on the disk when nothing new comes.
   *
   * @return whether some wait still
   * @throws IOException one could not be deleted; it is collected after the next start
   */
  public boolean deleteIdleSpares() throws IOException {
    synchronized (lock) {
      deleteSpares(spare -> spare.since() < sweeps);
      sweeps++;
      return !spares.isEmpty();
    }
  }

  /**
   * Deletes all files that wait to be written anew.
   *
   * @throws IOException one could not be deleted; it is collected after the next start
   */
  public void deleteSpares() throws IOException {
    synchronized (lock) {
      deleteSpares(_ -> true);
    }
  }

  private void deleteSpares(Predicate<Spare> which) throws IOException {
    for (Iterator<Map.Entry<String, Spare>> each = spares.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<String, Spare> spare = each.next();
      if (which.test(spare.getValue())) {
        each.remove();
        deleteIfThere(spare.getKey());
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
    boolean isHeld;
    synchronized (lock) {
      if (spares.containsKey(digest)) {
        return Condition.MISSING;
      }
      isHeld = tryHold(digest);
    }
    try {
      return condition(digest);
    } finally {
      if (isHeld) {
        release(digest);
      }
    }
  }

  private Condition condition(String digest) throws IOException {
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

  /**
   * What is written as one blob: a small content is gathered, a larger one is in a file by then
   * which is to be given its name.
   */
  private final class Content extends OutputStream {
    private final MessageDigest sha = sha256();
    private ByteBuffer buffer = ByteBuffer.allocate(FIRST_BYTES);
    private long written;
    private @Nullable String temporary;
    private @Nullable StorageFile file;

    @Override
    public void write(int one) throws IOException {
      room(1);
      buffer.put((byte) one);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      room(count);
      if (count > buffer.remaining()) {
        append(ByteBuffer.wrap(bytes, from, count));
      } else {
        buffer.put(bytes, from, count);
      }
    }

    /** Makes room for so many bytes, if they are no more than a buffer can have. */
    private void room(int count) throws IOException {
      int needed = buffer.position() + count;
      if (needed < 0 || needed > BUFFER_BYTES) {
        append(buffer.flip());
        buffer.clear();
      } else if (needed > buffer.capacity()) {
        int capacity = Math.min(BUFFER_BYTES, Math.max(needed, 2 * buffer.capacity()));
        buffer = ByteBuffer.allocate(capacity).put(buffer.flip());
      }
    }

    private void append(ByteBuffer source) throws IOException {
      int count = source.remaining();
      sha.update(source.duplicate());
      file().write(written, source);
      written += count;
    }

    private StorageFile file() throws IOException {
      StorageFile open = file;
      if (open == null) {
        temporary = lastNumber.incrementAndGet() + NEW;
        open = storage.create(temporary);
        file = open;
      }
      return open;
    }

    /** Ends it, and returns when it is durable and held. */
    Blob keep() throws IOException {
      sha.update(buffer.flip().duplicate());
      String digest = digest(sha);
      var blob = new Blob(digest, written + buffer.remaining());
      if (file == null && keepInSpare(digest, buffer.duplicate())) {
        return blob;
      }
      StorageFile open = file();
      open.write(written, buffer);
      Blobs.this.keep(Objects.requireNonNull(temporary), open, digest);
      temporary = null;
      return blob;
    }

    /** Nothing is left of what was not kept. */
    @Override
    public void close() throws IOException {
      if (file != null) {
        file.close();
      }
      if (temporary != null && storage.exists(temporary)) {
        storage.delete(temporary);
      }
    }
  }
}
