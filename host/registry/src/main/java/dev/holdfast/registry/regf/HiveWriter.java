package dev.holdfast.registry.regf;

import static dev.holdfast.registry.regf.RegfLayout.BASE_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.CHECKSUM_AT;
import static dev.holdfast.registry.regf.RegfLayout.DB;
import static dev.holdfast.registry.regf.RegfLayout.DB_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.INLINE;
import static dev.holdfast.registry.regf.RegfLayout.INLINE_BYTES_MAX;
import static dev.holdfast.registry.regf.RegfLayout.KEY_LINK;
import static dev.holdfast.registry.regf.RegfLayout.KEY_NAME_LATIN;
import static dev.holdfast.registry.regf.RegfLayout.KEY_NO_DELETE;
import static dev.holdfast.registry.regf.RegfLayout.KEY_ROOT;
import static dev.holdfast.registry.regf.RegfLayout.LF;
import static dev.holdfast.registry.regf.RegfLayout.LH;
import static dev.holdfast.registry.regf.RegfLayout.LI;
import static dev.holdfast.registry.regf.RegfLayout.LIST_ENTRIES_MAX;
import static dev.holdfast.registry.regf.RegfLayout.MINOR_BIG_DATA;
import static dev.holdfast.registry.regf.RegfLayout.MINOR_HASHED;
import static dev.holdfast.registry.regf.RegfLayout.NK;
import static dev.holdfast.registry.regf.RegfLayout.NK_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.NONE;
import static dev.holdfast.registry.regf.RegfLayout.PIECE_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.REGF;
import static dev.holdfast.registry.regf.RegfLayout.RI;
import static dev.holdfast.registry.regf.RegfLayout.VALUE_NAME_LATIN;
import static dev.holdfast.registry.regf.RegfLayout.VK;
import static dev.holdfast.registry.regf.RegfLayout.VK_BYTES;

import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.RegistryValue;
import java.util.Arrays;

/**
 * Makes hive files as RegSaveKey does: the root is the saved key under its own name, without a
 * parent; sequence numbers are 1 and 1; the file ends with its last bin. The same tree and time
 * give the same bytes, always.
 *
 * @param <K> the type of a key
 */
public final class HiveWriter<K> {
  private static final int LIST_HEADER_BYTES = 4;
  private static final int SUBKEYS_MANY = 8;
  private static final int[] NOTHING = {};

  private final KeyView<K> view;
  private final int minorVersion;
  private final CellWriter cells;
  private final SecurityTable security;

  /** The values of one key; used again for the next. */
  private int[] valueOffsets = new int[16];

  private HiveWriter(KeyView<K> view, int minorVersion, long expectedBytes) {
    this.view = view;
    this.minorVersion = minorVersion;
    this.cells = new CellWriter(expectedBytes);
    this.security = new SecurityTable(cells);
  }

  /**
   * The file for a tree.
   *
   * @param root the key that is saved; it has a name
   * @param savedAtFiletime when that is, in steps of 100 ns since 1601
   * @throws IllegalArgumentException if a limit of the format is exceeded, or a name is not one
   * @throws IllegalStateException if subkeys are not in order: a fault of the view
   */
  public static <K> HiveImage write(
      KeyView<K> view, K root, HiveFormat format, long savedAtFiletime) {
    var survey = new Survey<>(view, root);
    int minorVersion = (survey.fitsStandard() ? format : HiveFormat.LATEST).minorVersion();
    return new HiveWriter<>(view, minorVersion, survey.fileBytes()).file(root, savedAtFiletime);
  }

  private HiveImage file(K root, long savedAtFiletime) {
    int place = key(view.info(root), root, NONE);
    security.finish();
    cells.close();
    byte[] bytes = cells.bytes();
    Bytes.put32(bytes, 0, REGF);
    Bytes.put32(bytes, 4, 1);
    Bytes.put32(bytes, 8, 1);
    Bytes.put64(bytes, 12, savedAtFiletime);
    Bytes.put32(bytes, 20, 1);
    Bytes.put32(bytes, 24, minorVersion);
    Bytes.put32(bytes, 32, 1);
    Bytes.put32(bytes, BaseBlock.ROOT_AT, CellWriter.offset(place));
    Bytes.put32(bytes, 40, cells.end() - BASE_BYTES);
    Bytes.put32(bytes, 44, 1);
    Bytes.put32(bytes, CHECKSUM_AT, RegfLayout.checksum(bytes));
    return new HiveImage(bytes, cells.end(), minorVersion);
  }

  /**
   * Writes a key with all below it; how deep that goes was looked at before.
   *
   * @param parent the offset of its parent
   * @return its place
   */
  private int key(KeyInfo info, K key, int parent) {
    String name = info.name();
    boolean latin = Names.isLatin(name);
    int nameBytes = latin ? name.length() : 2 * name.length();
    int nk = cells.allocate(NK_BYTES + nameBytes);
    byte[] bytes = cells.bytes();
    int flags =
        (parent == NONE ? KEY_ROOT | KEY_NO_DELETE : 0)
            | (latin ? KEY_NAME_LATIN : 0)
            | (info.link() ? KEY_LINK : 0);
    Bytes.put16(bytes, nk, NK);
    Bytes.put16(bytes, nk + 2, flags);
    Bytes.put64(bytes, nk + 4, info.lastWrittenFiletime());
    Bytes.put32(bytes, nk + 16, parent);
    Bytes.put32(bytes, nk + 32, NONE);
    Bytes.put16(bytes, nk + 72, nameBytes);
    Bytes.put16(bytes, nk + 74, 2 * info.className().length());
    Names.put(name, latin, bytes, nk + NK_BYTES);
    put(nk + 44, security.offset(info.security()));
    put(nk + 48, className(info.className()));
    values(nk, key);
    subkeys(nk, key);
    return nk;
  }

  /** Not to be done with an array from before: a new cell may have replaced it. */
  private void put(int at, int number) {
    Bytes.put32(cells.bytes(), at, number);
  }

  private int className(String className) {
    if (className.isEmpty()) {
      return NONE;
    }
    int place = cells.allocate(2 * className.length());
    Names.put(className, false, cells.bytes(), place);
    return CellWriter.offset(place);
  }

  private void values(int nk, K key) {
    int count = 0;
    int nameBytesMax = 0;
    int dataBytesMax = 0;
    for (RegistryValue value : view.values(key)) {
      if (count == valueOffsets.length) {
        valueOffsets = Arrays.copyOf(valueOffsets, 2 * count);
      }
      valueOffsets[count++] = CellWriter.offset(value(value));
      nameBytesMax = Math.max(nameBytesMax, 2 * value.name().length());
      dataBytesMax = Math.max(dataBytesMax, value.sizeBytes());
    }
    put(nk + 36, count);
    put(nk + 40, count == 0 ? NONE : offsets(valueOffsets, count));
    put(nk + 60, nameBytesMax);
    put(nk + 64, dataBytesMax);
  }

  /** A cell with nothing but these offsets; its own. */
  private int offsets(int[] offsets, int count) {
    int list = cells.allocate(count * Integer.BYTES);
    for (int i = 0; i < count; i++) {
      put(list + i * Integer.BYTES, offsets[i]);
    }
    return CellWriter.offset(list);
  }

  private int value(RegistryValue value) {
    String name = value.name();
    boolean latin = Names.isLatin(name);
    int nameBytes = latin ? name.length() : 2 * name.length();
    int size = value.sizeBytes();
    int vk = cells.allocate(VK_BYTES + nameBytes);
    byte[] bytes = cells.bytes();
    Bytes.put16(bytes, vk, VK);
    Bytes.put16(bytes, vk + 2, nameBytes);
    Bytes.put32(bytes, vk + 4, size <= INLINE_BYTES_MAX ? size | INLINE : size);
    Bytes.put32(bytes, vk + 12, value.type());
    // Windows leaves the flag out where there is no name to be compressed.
    Bytes.put16(bytes, vk + 16, latin && nameBytes > 0 ? VALUE_NAME_LATIN : 0);
    Names.put(name, latin, bytes, vk + VK_BYTES);
    if (size <= INLINE_BYTES_MAX) {
      value.copyTo(bytes, vk + 8);
    } else {
      put(vk + 8, data(value));
    }
    return vk;
  }

  private int data(RegistryValue value) {
    if (value.sizeBytes() > PIECE_BYTES && minorVersion >= MINOR_BIG_DATA) {
      return bigData(value);
    }
    int place = cells.allocate(value.sizeBytes());
    value.copyTo(cells.bytes(), place);
    return CellWriter.offset(place);
  }

  private int bigData(RegistryValue value) {
    byte[] data = value.bytes();
    int count = (data.length + PIECE_BYTES - 1) / PIECE_BYTES;
    int db = cells.allocate(DB_BYTES);
    Bytes.put16(cells.bytes(), db, DB);
    Bytes.put16(cells.bytes(), db + 2, count);
    var pieces = new int[count];
    for (int i = 0; i < count; i++) {
      int from = i * PIECE_BYTES;
      int length = Math.min(PIECE_BYTES, data.length - from);
      // The last is as large as the others, as Windows has it; hivex does not read a shorter one.
      int place = cells.allocate(PIECE_BYTES);
      System.arraycopy(data, from, cells.bytes(), place, length);
      pieces[i] = CellWriter.offset(place);
    }
    put(db + 4, offsets(pieces, count));
    return CellWriter.offset(db);
  }

  private void subkeys(int nk, K key) {
    int count = 0;
    int nameBytesMax = 0;
    int classBytesMax = 0;
    int[] offsets = NOTHING;
    int[] hints = NOTHING;
    for (K subkey : view.subkeys(key)) {
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * count + SUBKEYS_MANY);
        hints = Arrays.copyOf(hints, 2 * count + SUBKEYS_MANY);
      }
      KeyInfo info = view.info(subkey);
      offsets[count] = CellWriter.offset(key(info, subkey, CellWriter.offset(nk)));
      hints[count++] =
          minorVersion >= MINOR_HASHED
              ? NameOrder.hash(info.name())
              : SubkeyLists.hint(info.name());
      nameBytesMax = Math.max(nameBytesMax, 2 * info.name().length());
      classBytesMax = Math.max(classBytesMax, 2 * info.className().length());
    }
    put(nk + 20, count);
    put(nk + 28, count == 0 ? NONE : list(offsets, hints, count));
    put(nk + 52, nameBytesMax);
    put(nk + 56, classBytesMax);
  }

  private int list(int[] offsets, int[] hints, int count) {
    int hinted = minorVersion >= MINOR_HASHED ? LH : LF;
    if (count <= LIST_ENTRIES_MAX) {
      return leaf(hinted, offsets, hints, 0, count);
    }
    int leaves = (count + LIST_ENTRIES_MAX - 1) / LIST_ENTRIES_MAX;
    // Below an ri the older version has lists of offsets alone.
    int kind = hinted == LF ? LI : LH;
    var places = new int[leaves];
    for (int i = 0; i < leaves; i++) {
      int from = i * LIST_ENTRIES_MAX;
      places[i] = leaf(kind, offsets, hints, from, Math.min(count, from + LIST_ENTRIES_MAX));
    }
    return leaf(RI, places, hints, 0, leaves);
  }

  private int leaf(int kind, int[] offsets, int[] hints, int from, int to) {
    boolean hinted = kind == LF || kind == LH;
    int entryBytes = hinted ? 2 * Integer.BYTES : Integer.BYTES;
    int list = cells.allocate(LIST_HEADER_BYTES + (to - from) * entryBytes);
    byte[] bytes = cells.bytes();
    Bytes.put16(bytes, list, kind);
    Bytes.put16(bytes, list + 2, to - from);
    int at = list + LIST_HEADER_BYTES;
    for (int i = from; i < to; i++, at += entryBytes) {
      Bytes.put32(bytes, at, offsets[i]);
      if (hinted) {
        Bytes.put32(bytes, at + 4, hints[i]);
      }
    }
    return CellWriter.offset(list);
  }
}
