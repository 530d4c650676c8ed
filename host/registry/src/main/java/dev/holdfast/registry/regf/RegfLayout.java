package dev.holdfast.registry.regf;

/**
 * A hive file, byte by byte. All numbers are little-endian. An <em>offset</em> is counted from the
 * first bin, at byte 4096 of the file; {@link #NONE} points nowhere.
 *
 * <pre>
 * base block, 4096 bytes, of which 512 mean something
 *     0  "regf"
 *     4  sequence number before a write      8  and after it: unequal in a file being written
 *    12  FILETIME of the save
 *    20  major version, 1                   24  minor version, 3 to 6
 *    28  type, 0: a hive and not its log    32  format, 1: to be read as memory
 *    36  offset of the root's nk            40  bytes of all bins
 *    44  clustering factor, 1
 *    48  the last 31 characters of the file's name once, UTF-16; empty
 *   112  zero
 *   508  the 127 numbers before it, all XORed (-1 becomes -2, and 0 becomes 1)
 *
 * bin, a multiple of 4096 bytes; cells follow its header without a gap and end with it
 *     0  "hbin"     4  its own offset     8  its size     12  zero
 *    20  FILETIME, in the first bin of a live hive only   28  zero
 *
 * cell, a multiple of 8 bytes
 *     0  its size with this number: negative if it is in use    4  what it holds
 *
 * nk, a key: 76 bytes and its name
 *     0  "nk"    2  flags    4  FILETIME of the last write   12  zero
 *    16  offset of the parent's nk; NONE in a saved root
 *    20  count of subkeys                   24  and of volatile ones, which are not saved: 0
 *    28  offset of the list of subkeys      32  NONE
 *    36  count of values                    40  offset of the list of values
 *    44  offset of the sk                   48  offset of the class's name
 *    52  the longest subkey's name, in bytes of UTF-16; 16 bits, the others are flags
 *    56  the longest class of a subkey      60  the longest name of a value
 *    64  the largest data of a value        68  zero
 *    72  bytes of the name                  74  bytes of the class's name
 *    76  the name: Latin-1 if no character needs more (flag 0x20), else UTF-16
 *
 * list of subkeys, in the order of their names
 *     0  "lf", "lh", "li" or "ri"     2  count      4  that many
 *        lf: offset of an nk, then the name's first four characters, one byte each
 *        lh: offset of an nk, then the hash of the name (from version 5)
 *        li: offset of an nk
 *        ri: offset of a list of the other kinds
 *
 * list of values: offsets of vk, and nothing else
 *
 * vk, a value: 20 bytes and its name
 *     0  "vk"    2  bytes of the name; 0 for the default value
 *     4  bytes of data; with bit 31 the data is in the next four bytes itself
 *     8  offset of the data        12  type      16  flags      18  zero
 *    20  the name: Latin-1 (flag 1) or UTF-16
 *
 * db, data of more than 16344 bytes from version 4 on
 *     0  "db"    2  count of pieces    4  offset of a list of offsets of pieces; each has
 *        16344 bytes, the last one too
 *
 * sk, a security descriptor that one or more keys have
 *     0  "sk"    2  zero    4  offset of the next sk    8  and of the one before, in a ring of all
 *    12  count of keys that have it      16  bytes of the descriptor      20  the descriptor
 * </pre>
 */
final class RegfLayout {
  static final int NONE = -1;

  static final int BASE_BYTES = 4096;
  static final int CHECKSUM_AT = 508;
  static final int BIN_BYTES = 4096;
  static final int BIN_HEADER_BYTES = 32;
  static final int CELL_HEADER_BYTES = 4;

  static final int REGF = 0x6667_6572;
  static final int HBIN = 0x6E69_6268;
  static final int NK = 0x6B6E;
  static final int VK = 0x6B76;
  static final int SK = 0x6B73;
  static final int DB = 0x6264;
  static final int LF = 0x666C;
  static final int LH = 0x686C;
  static final int LI = 0x696C;
  static final int RI = 0x6972;

  static final int MINOR_BIG_DATA = 4;
  static final int MINOR_HASHED = 5;

  static final int NK_BYTES = 76;
  static final int KEY_VOLATILE_OR_EXIT = 0x03;
  static final int KEY_ROOT = 0x04;
  static final int KEY_NO_DELETE = 0x08;
  static final int KEY_LINK = 0x10;
  static final int KEY_NAME_LATIN = 0x20;
  static final int KEY_PREDEFINED = 0x40;

  static final int VK_BYTES = 20;
  static final int VALUE_NAME_LATIN = 1;
  static final int VALUE_TOMBSTONE = 2;
  static final int INLINE = 0x8000_0000;
  static final int INLINE_BYTES_MAX = 4;

  static final int SK_BYTES = 20;
  static final int DB_BYTES = 8;
  static final int PIECE_BYTES = 16_344;

  /** One value in a file of version 3. */
  static final int STANDARD_VALUE_BYTES_MAX = 1 << 20;

  /** What Windows puts in one list, so that it fits a bin of 4096 bytes. */
  static final int LIST_ENTRIES_MAX = 507;

  /** A file, as far as one array can hold it. */
  static final int FILE_BYTES_MAX = Integer.MAX_VALUE - BASE_BYTES;

  private RegfLayout() {}

  static int checksum(byte[] base) {
    int sum = 0;
    for (int at = 0; at < CHECKSUM_AT; at += Integer.BYTES) {
      sum ^= Bytes.i32(base, at);
    }
    return switch (sum) {
      case 0 -> 1;
      case -1 -> -2;
      default -> sum;
    };
  }

  static int up(int size, int multiple) {
    return (size + multiple - 1) & -multiple;
  }
}
