package dev.holdfast.registry.hive;

import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.TreeCodec;
import dev.holdfast.registry.regf.HiveFormat;
import dev.holdfast.registry.regf.HiveFormatException;
import dev.holdfast.registry.regf.HiveImage;
import dev.holdfast.registry.regf.HiveReader;
import dev.holdfast.registry.regf.HiveReport;
import dev.holdfast.registry.regf.HiveWriter;
import dev.holdfast.registry.regf.RegistryKeyBuilder;
import dev.holdfast.registry.regf.RegistryKeyView;
import dev.holdfast.registry.regf.Strictness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a hive, beside its log: the tree at one revision as a file of Windows' format
 * (regf), which the tools for such files open, and a file with its digest and with what regf has no
 * place for. Numbers are little-endian.
 *
 * <pre>
 * FILE.REVISION.regf      the tree; volatile keys are not in it
 * FILE.REVISION.digest
 *   0  +---------------------------------------------------------------+
 *      | "HOLDSNAP"                                                    |
 *   8  +-------------------------------+-------------------------------+
 *      | u32 format version = 1        | u32 header size = 96          |
 *  16  +-------------------------------+-------------------------------+
 *      | hive id: a UUID, 16 bytes, highest first                      |
 *  32  +---------------------------------------------------------------+
 *      | u64 revision                                                  |
 *  40  +---------------------------------------------------------------+
 *      | u64 bytes of the regf file                                    |
 *  48  +---------------------------------------------------------------+
 *      | u64 keys                                                      |
 *  56  +---------------------------------------------------------------+
 *      | u64 values                                                    |
 *  64  +---------------------------------------------------------------+
 *      | SHA-256 of the regf file, 32 bytes                            |
 *  96  +---------------------------------------------------------------+
 *      | for each key, in the regf file's order: u64 its revision, with|
 *      | the highest bit set if it has a security descriptor of its own|
 *      +-------------------------------+-------------------------------+
 *      | u32 CRC32C of all before      |
 *      +-------------------------------+
 * </pre>
 *
 * <p>The log's header says which snapshots there are: two as a rule, the newest and the one before,
 * from which the log's batches lead to the newest and beyond. A snapshot that is not what was
 * written is never served; the one before and the log have all that was in it. Revision zero is an
 * empty tree, and has no file.
 *
 * <p>Not thread-safe.
 */
final class Snapshots {
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 96;
  private static final int CRC_BYTES = 4;
  private static final int HIVE_ID_BYTES = 16;
  private static final int DIGEST_PIECE_BYTES = 64 << 10;
  private static final byte[] MAGIC = {'H', 'O', 'L', 'D', 'S', 'N', 'A', 'P'};
  private static final String REGF = ".regf";
  private static final String DIGEST = ".digest";
  private static final RegistryKeyView VIEW = new RegistryKeyView("ROOT");

  private final Storage storage;
  private final String file;
  private final UUID hiveId;
  private final Pace pace;
  private final Pattern names;

  /** Of the hive whose log is called so. */
  Snapshots(Storage storage, String file, UUID hiveId) {
    this(storage, file, hiveId, Pace.FULL);
  }

  /** As above, read and written at that pace. */
  Snapshots(Storage storage, String file, UUID hiveId, Pace pace) {
    this.storage = storage;
    this.file = file;
    this.hiveId = hiveId;
    this.pace = pace;
    this.names = names(file);
  }

  private static Pattern names(String file) {
    return Pattern.compile(
        "%s\\.(\\d{1,19})\\.(?:regf|digest)(?:\\.new)?".formatted(Pattern.quote(file)));
  }

  private String regf(Revision revision) {
    return regf(file, revision);
  }

  private String digest(Revision revision) {
    return digest(file, revision);
  }

  private static String regf(String file, Revision revision) {
    return file + "." + revision.number() + REGF;
  }

  private static String digest(String file, Revision revision) {
    return file + "." + revision.number() + DIGEST;
  }

  /** The two files of a snapshot, as they are written. */
  record Pair(String regfName, HiveImage image, String digestName, ByteBuffer beside) {
    long bytes() {
      return image.sizeBytes() + (long) beside.remaining();
    }
  }

  /** Makes the two files of a snapshot of the hive of that name and id; writes nothing. */
  static Pair pair(String file, UUID hiveId, Snapshot snapshot, Pace pace) {
    HiveImage image =
        HiveWriter.write(
            new PacedView(VIEW, pace),
            snapshot.root(),
            HiveFormat.STANDARD,
            snapshot.root().lastWritten().ticks());
    return new Pair(
        regf(file, snapshot.revision()),
        image,
        digest(file, snapshot.revision()),
        beside(hiveId, snapshot, image, pace));
  }

  /**
   * Writes a snapshot, and reads it again to compare it with the tree. When it returns, both files
   * are on the disk.
   *
   * @return the bytes of both files
   */
  long write(Snapshot snapshot) throws IOException {
    Pair pair = pair(file, hiveId, snapshot, pace);
    long bytes = pair.bytes();
    WholeFile.write(storage, pair.regfName(), pair.image().buffer(), pace);
    WholeFile.write(storage, pair.digestName(), pair.beside(), pace);
    Read copy = read(snapshot.revision());
    if (!TreeCodec.same(copy.snapshot().root(), snapshot.root(), pace::step)) {
      throw new IOException(
          "the snapshot %s is not the tree that was written; it is not used"
              .formatted(storage.describe(regf(snapshot.revision()))));
    }
    return bytes;
  }

  private static ByteBuffer beside(UUID hiveId, Snapshot snapshot, HiveImage image, Pace pace) {
    TreeCodec.Size size = TreeCodec.size(snapshot.root(), pace::step);
    var bytes =
        ByteBuffer.allocate(Math.toIntExact(HEADER_BYTES + Long.BYTES * size.keys() + CRC_BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).putInt(VERSION).putInt(HEADER_BYTES).put(LogFormat.bytes(hiveId));
    bytes.putLong(snapshot.revision().number()).putLong(image.sizeBytes());
    bytes.putLong(size.keys()).putLong(size.values()).put(sha256(image.buffer(), pace));
    putEntries(snapshot.root(), bytes, pace);
    return bytes.putInt(crc(bytes.duplicate().flip())).flip();
  }

  private static void putEntries(RegistryKey key, ByteBuffer bytes, Pace pace) {
    pace.step();
    bytes.putLong(SnapshotKeys.entry(key));
    key.durableSubkeys().forEach(subkey -> putEntries(subkey, bytes, pace));
  }

  /**
   * A snapshot that was read.
   *
   * @param bytes those of both files
   */
  record Read(Snapshot snapshot, long bytes) {
    static final Read EMPTY = new Read(Snapshot.EMPTY, 0);
  }

  /**
   * Reads a snapshot.
   *
   * @throws DamagedHiveException if a file of it is missing, or is not what was written
   */
  Read read(Revision revision) throws IOException {
    if (revision.equals(Revision.ZERO)) {
      return Read.EMPTY;
    }
    for (String name : List.of(digest(revision), regf(revision))) {
      if (!storage.exists(name)) {
        throw damaged(name, 0, "there is no such file");
      }
    }
    ByteBuffer beside = readBeside(revision);
    String name = regf(revision);
    byte[] regf = readRegf(name, beside.getLong(40));
    var digest = new byte[32];
    beside.get(64, digest);
    byte[] found = sha256(ByteBuffer.wrap(regf), pace);
    if (!MessageDigest.isEqual(found, digest)) {
      throw damaged(
          name,
          0,
          "its SHA-256 is %s, %s says %s"
              .formatted(
                  HexFormat.of().formatHex(found),
                  storage.describe(digest(revision)),
                  HexFormat.of().formatHex(digest)));
    }
    return new Read(
        new Snapshot(revision, tree(name, regf, beside)), regf.length + (long) beside.limit());
  }

  /**
   * The newest snapshot that is what was written.
   *
   * @param refused what was said of a newer one that is not; null if there is none
   */
  record Newest(Read read, @Nullable DamagedHiveException refused) {}

  /**
   * The newest snapshot of a log that is what was written.
   *
   * @throws DamagedHiveException if there is none
   */
  Newest newestGood(LogFormat.Current header) throws IOException {
    try {
      return new Newest(read(header.newest()), null);
    } catch (DamagedHiveException newest) {
      if (header.base().equals(header.newest())) {
        throw newest;
      }
      try {
        return new Newest(read(header.base()), newest);
      } catch (DamagedHiveException before) {
        throw new DamagedHiveException(
            newest.file(),
            HivePart.SNAPSHOT,
            newest.offset(),
            "%s; and the one before, %s: %s"
                .formatted(newest.what(), before.file(), before.what()));
      }
    }
  }

  /** The digest's file, checked, its position after the header. */
  private ByteBuffer readBeside(Revision revision) throws IOException {
    String name = digest(revision);
    ByteBuffer bytes =
        ByteBuffer.wrap(WholeFile.read(storage, name, size -> checkedSize(name, size), pace))
            .order(ByteOrder.LITTLE_ENDIAN);
    int end = bytes.limit() - CRC_BYTES;
    if (end < HEADER_BYTES || bytes.getInt(end) != crc(bytes.duplicate().limit(end))) {
      throw damaged(name, 0, "its checksum does not fit it");
    }
    var magic = new byte[MAGIC.length];
    bytes.get(0, magic);
    if (!Arrays.equals(magic, MAGIC) || bytes.getInt(12) != HEADER_BYTES) {
      throw damaged(name, 0, "it does not begin as such a file does");
    }
    if (bytes.getInt(8) != VERSION) {
      throw new UnsupportedHiveException(storage.describe(name), bytes.getInt(8), VERSION, VERSION);
    }
    var id = new byte[HIVE_ID_BYTES];
    bytes.get(16, id);
    if (!Arrays.equals(id, LogFormat.bytes(hiveId))
        || bytes.getLong(32) != revision.number()
        || bytes.getLong(48) != (end - HEADER_BYTES) / Long.BYTES) {
      throw damaged(name, 16, "it belongs to another hive, revision or tree");
    }
    return bytes.position(HEADER_BYTES);
  }

  private static int checkedSize(String name, long sizeBytes) throws IOException {
    if (sizeBytes > Integer.MAX_VALUE - Long.BYTES) {
      throw new IOException("file not read: %s has %,d bytes".formatted(name, sizeBytes));
    }
    return (int) sizeBytes;
  }

  private byte[] readRegf(String name, long expectedBytes) throws IOException {
    return WholeFile.read(
        storage,
        name,
        size -> {
          if (size != expectedBytes) {
            throw damaged(
                name,
                Math.min(size, expectedBytes),
                "it has %,d bytes, and %,d when it was written".formatted(size, expectedBytes));
          }
          return HiveReader.checkedSize(name, size);
        },
        pace);
  }

  private RegistryKey tree(String name, byte[] regf, ByteBuffer beside) throws IOException {
    int end = beside.limit() - CRC_BYTES;
    // A slice forgets the order of the bytes.
    var keys =
        new SnapshotKeys(
            beside.duplicate().limit(end).slice().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer());
    var tree =
        new RegistryKeyBuilder(
            key -> {
              pace.step();
              return keys.begin(key);
            });
    try {
      HiveReport report = HiveReader.read(storage.describe(name), regf, Strictness.STRICT, tree);
      if (report.keyCount() != beside.getLong(48) || report.valueCount() != beside.getLong(56)) {
        throw damaged(
            name,
            0,
            "it has %,d keys and %,d values, and %,d and %,d when it was written"
                .formatted(
                    report.keyCount(),
                    report.valueCount(),
                    beside.getLong(48),
                    beside.getLong(56)));
      }
    } catch (HiveFormatException e) {
      throw damaged(name, e.offset(), String.valueOf(e.getMessage()));
    }
    return tree.root();
  }

  private DamagedHiveException damaged(String name, long at, String what) {
    return new DamagedHiveException(storage.describe(name), HivePart.SNAPSHOT, at, what);
  }

  /**
   * Deletes what there is of other snapshots than these. Not durable: what comes back is deleted
   * the next time.
   */
  void deleteAllBut(List<Revision> kept) throws IOException {
    for (String name : storage.names()) {
      Matcher matcher = names.matcher(name);
      if (matcher.matches()
          && (name.endsWith(WholeFile.UNFINISHED) || !isOf(kept, matcher.group(1)))) {
        storage.delete(name);
      }
    }
  }

  private static boolean isOf(List<Revision> kept, String number) {
    return kept.stream().anyMatch(revision -> Long.toString(revision.number()).equals(number));
  }

  /** Names of all files of the hive of that name, its log first. */
  static List<String> filesOf(Storage storage, String file) throws IOException {
    Pattern snapshots = names(file);
    var all = new ArrayList<String>();
    if (storage.exists(file)) {
      all.add(file);
    }
    storage.names().stream().filter(name -> snapshots.matcher(name).matches()).forEach(all::add);
    return all;
  }

  private static int crc(ByteBuffer bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static byte[] sha256(ByteBuffer bytes, Pace pace) {
    MessageDigest digest = sha256();
    int size = bytes.remaining();
    for (int at = 0; at < size; at += DIGEST_PIECE_BYTES) {
      digest.update(bytes.slice(bytes.position() + at, Math.min(DIGEST_PIECE_BYTES, size - at)));
      pace.step();
    }
    return digest.digest();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
