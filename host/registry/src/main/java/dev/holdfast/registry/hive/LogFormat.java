package dev.holdfast.registry.hive;

import dev.holdfast.registry.Limits;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.TreeCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A hive's log: a header, then the batches since the base revision. The tree as it was at that
 * revision, and at a later one, is in files of its own: {@link Snapshots}. Numbers are
 * little-endian.
 *
 * <pre>
 *   0  +---------------------------------------------------------------+
 *      | "HOLDHIVE"                                                    |
 *   8  +-------------------------------+-------------------------------+
 *      | u32 format version = 3        | u32 header size = 128         |
 *  16  +-------------------------------+-------------------------------+
 *      | hive id: a UUID, 16 bytes, highest first                      |
 *  32  +---------------------------------------------------------------+
 *      | u64 base revision: that of the snapshot before the newest     |
 *  40  +---------------------------------------------------------------+
 *      | u64 revision of the newest snapshot                           |
 *  48  +-------------------------------+-------------------------------+
 *      | zeros                                                         |
 * 120  +-------------------------------+-------------------------------+
 *      | zeros                         | u32 CRC32C of bytes 0 to 123  |
 * 128  +-------------------------------+-------------------------------+
 *      | records of batches and marks                                  |
 *      +---------------------------------------------------------------+
 *      | zeros to the end of the file: room made in advance            |
 *      +---------------------------------------------------------------+
 *
 * record, at a multiple of 8:
 *   0  +-------------------------------+-------------------------------+
 *      | u32 bytes of the payload      | u32 CRC32C (below)            |
 *   8  +-------------------------------+-------------------------------+
 *      | u64 revision                                                  |
 *  16  +-------------------------------+-------+-----------------------+
 *      | u32 bytes back to its group   | u8    | zeros                 |
 *      |                               | kind  |                       |
 *  24  +-------------------------------+-------+-----------------------+
 *      | payload, then zeros to a multiple of 8                        |
 *      +---------------------------------------------------------------+
 *
 * kind      payload                          revision
 * 1 tree    a piece (TreeCodec): version 2   the base revision
 * 2 batch   its time, its changes            the one that it makes: one more than that of the batch before
 *           (BatchCodec)
 * 3 mark    nothing                          that of the batch before
 * 4 part    a piece (TreeCodec) of the       that of the batch
 *           contents that the next batch
 *           gives a key
 * </pre>
 *
 * <p>A batch with parts is written as one group, the batch last: parts without it are a torn tail,
 * and are cut off with it.
 *
 * <p>Volatile keys are in none of them. A batch that concerned only such keys is a record without
 * changes, as revisions have no gaps.
 *
 * <p>Versions 1 and 2 had the tree at the base revision in the log itself, right after the header:
 * at 40 the bytes of its records, at 48 and 56 the numbers of its keys and values, at 64 the
 * SHA-256 of its records. Version 1 had keys without time, class, descriptor and link (TreeCodec's
 * entry 1), and batches without a time. A log of them is rewritten when it is opened: see {@link
 * Upgrade}.
 *
 * <p>The CRC of a record covers the hive id, then the record without the CRC itself. The id is
 * random and known to nobody who can merely set values, so a value's bytes cannot pass for a
 * record.
 *
 * <p>Records that are written and synced together are a group; "bytes back" leads from a record to
 * its group's first one. All before a group was synced before the group was written. So if a record
 * is bad and any later good one belongs to a group that begins after it, it had been synced, and
 * acknowledged, and the file is damaged. If none does, the bad record and what follows belong to
 * one group that was cut short: a torn tail, of which nothing was acknowledged. A mark is a group
 * that vouches for what is before it; it is written at a close, and at an opening after there was
 * none.
 */
final class LogFormat {
  static final int VERSION = 3;

  /** The oldest that is read. */
  static final int VERSION_MIN = 1;

  static final int HEADER_BYTES = 128;
  static final int RECORD_HEADER_BYTES = 24;
  static final int ALIGNMENT = 8;
  static final int PAYLOAD_BYTES_MAX =
      Math.max(Limits.BATCH_BYTES_MAX, Limits.VALUE_BYTES_MAX + TreeCodec.PIECE_BYTES) + (1 << 20);

  static final int DIGEST_BYTES = 32;

  private static final byte[] MAGIC = {'H', 'O', 'L', 'D', 'H', 'I', 'V', 'E'};
  private static final int HEADER_CRC_AT = HEADER_BYTES - 4;

  private LogFormat() {}

  /** What a record is; the code is what is on disk. */
  enum Kind {
    TREE(1),
    BATCH(2),
    MARK(3),
    PART(4);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    static boolean isKnown(int code) {
      return code >= 1 && code <= values().length;
    }

    static Kind of(int code) {
      return switch (code) {
        case 1 -> TREE;
        case 2 -> BATCH;
        case 3 -> MARK;
        case 4 -> PART;
        default -> throw new IllegalArgumentException("no kind of record has the code " + code);
      };
    }
  }

  /** What a log begins with. */
  sealed interface Header {
    UUID hiveId();

    /** Of the tree that the first batch changes. */
    Revision base();
  }

  /**
   * Of this version.
   *
   * @param newest that of the newest snapshot; the base when there is one alone
   */
  record Current(UUID hiveId, Revision base, Revision newest) implements Header {}

  /** Of a version that had the tree in the log; the digest in hexadecimal. */
  record WithTree(
      int version,
      UUID hiveId,
      Revision base,
      long treeBytes,
      TreeCodec.Size treeSize,
      String treeDigest)
      implements Header {}

  static ByteBuffer encode(Current header) {
    var bytes = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).putInt(VERSION).putInt(HEADER_BYTES).put(bytes(header.hiveId()));
    bytes.putLong(header.base().number()).putLong(header.newest().number());
    var crc = new CRC32C();
    crc.update(bytes.duplicate().position(0).limit(HEADER_CRC_AT));
    return bytes.putInt(HEADER_CRC_AT, (int) crc.getValue()).rewind();
  }

  /** The header at the start of the file that is called so. */
  static Header decode(ByteBuffer bytes, String file) throws IOException {
    ByteBuffer header = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (header.remaining() < HEADER_BYTES) {
      throw damaged(
          file,
          header.remaining(),
          "the file ends in its header, after %d of %d bytes"
              .formatted(header.remaining(), HEADER_BYTES));
    }
    var magic = new byte[MAGIC.length];
    header.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw damaged(file, 0, "it does not begin as a hive does");
    }
    var crc = new CRC32C();
    crc.update(header.duplicate().position(0).limit(HEADER_CRC_AT));
    if (header.getInt(HEADER_CRC_AT) != (int) crc.getValue()) {
      throw damaged(file, 0, "the header's checksum does not fit the header");
    }
    int version = header.getInt();
    int size = header.getInt();
    if (version < VERSION_MIN || version > VERSION || size != HEADER_BYTES) {
      throw new UnsupportedHiveException(file, version, VERSION_MIN, VERSION);
    }
    var id = new byte[16];
    header.get(id);
    var idBytes = ByteBuffer.wrap(id);
    var hiveId = new UUID(idBytes.getLong(), idBytes.getLong());
    long base = header.getLong();
    if (version < VERSION) {
      return withTree(version, hiveId, base, header, file);
    }
    long newest = header.getLong();
    if (base < 0 || newest < base) {
      throw damaged(file, 32, "no hive has these revisions of snapshots");
    }
    return new Current(hiveId, new Revision(base), new Revision(newest));
  }

  private static WithTree withTree(
      int version, UUID hiveId, long base, ByteBuffer header, String file) throws IOException {
    long treeBytes = header.getLong();
    var treeSize = new TreeCodec.Size(header.getLong(), header.getLong());
    var digest = new byte[DIGEST_BYTES];
    header.get(digest);
    if (base < 0 || treeBytes < 0 || treeBytes % ALIGNMENT != 0) {
      throw damaged(file, 32, "no hive has this base revision or tree size");
    }
    return new WithTree(
        version, hiveId, new Revision(base), treeBytes, treeSize, HexFormat.of().formatHex(digest));
  }

  private static DamagedHiveException damaged(String file, long at, String what) {
    return new DamagedHiveException(file, HivePart.HEADER, at, what);
  }

  static byte[] bytes(UUID id) {
    var bytes = new byte[16];
    ByteBuffer.wrap(bytes)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits());
    return bytes;
  }

  /** What a record with such a payload takes on disk. */
  static long recordBytes(int payloadBytes) {
    return RECORD_HEADER_BYTES + aligned(payloadBytes);
  }

  static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** Puts a whole record at the position of the buffer, which has room for it. */
  static void put(
      ByteBuffer target, byte[] hiveId, Kind kind, long revision, long back, ByteBuffer payload) {
    int start = target.position();
    int end = start + (int) recordBytes(payload.remaining());
    target.putInt(start, payload.remaining());
    target.putLong(start + 8, revision);
    target.putInt(start + 16, Math.toIntExact(back));
    target.putInt(start + 20, kind.code);
    target.position(start + RECORD_HEADER_BYTES).put(payload);
    while (target.position() < end) {
      target.put((byte) 0);
    }
    target.putInt(start + 4, crc(target, start, end, hiveId));
  }

  /** The checksum of the record between these positions, wherever the position stands. */
  static int crc(ByteBuffer bytes, int start, int end, byte[] hiveId) {
    var crc = new CRC32C();
    crc.update(hiveId, 0, hiveId.length);
    crc.update(bytes.duplicate().position(start).limit(start + 4));
    crc.update(bytes.duplicate().limit(end).position(start + 8));
    return (int) crc.getValue();
  }
}
