package dev.holdfast.registry.regf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Spoils a hive file where it hurts: in the fields of cells, in what refers to cells, and in how
 * cells and bins are cut. The checksum is mended, so that not everything ends at the first page.
 */
final class HiveMutation {
  private static final int CHANGES_MAX = 6;
  private static final int FILE_BYTES_MAX = 2 << 20;

  /** Numbers at which code goes wrong that counts and adds. */
  private static final int[] EDGES = {
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    20,
    32,
    76,
    0x7F,
    0xFF,
    0x100,
    508,
    4_096,
    16_344,
    16_345,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFF,
    0x8000_0000,
    0x8000_0004,
    -1,
    -2,
    -4,
    -8,
    -80,
    -4_096
  };

  private static final int[] LIST_SIGNATURES = {
    RegfLayout.LF, RegfLayout.LH, RegfLayout.LI, RegfLayout.RI
  };

  /** A field of a cell: where it is in the cell's content, and its bytes. */
  private record Field(int at, int bytes) {}

  /** What a cell holds, by its first two bytes, with the fields that others depend on. */
  private enum Kind {
    KEY(
        List.of(
            new Field(2, 2),
            new Field(16, 4),
            new Field(20, 4),
            new Field(24, 4),
            new Field(28, 4),
            new Field(36, 4),
            new Field(40, 4),
            new Field(44, 4),
            new Field(48, 4),
            new Field(52, 4),
            new Field(60, 4),
            new Field(64, 4),
            new Field(72, 2),
            new Field(74, 2),
            new Field(76, 4))),
    VALUE(
        List.of(
            new Field(2, 2),
            new Field(4, 4),
            new Field(8, 4),
            new Field(12, 4),
            new Field(16, 2),
            new Field(20, 4))),
    SECURITY(
        List.of(
            new Field(4, 4),
            new Field(8, 4),
            new Field(12, 4),
            new Field(16, 4),
            new Field(20, 4))),
    LIST(
        List.of(
            new Field(0, 2),
            new Field(2, 2),
            new Field(4, 4),
            new Field(8, 4),
            new Field(12, 4),
            new Field(16, 4))),
    PIECES(List.of(new Field(0, 2), new Field(2, 2), new Field(4, 4))),
    OTHER(List.of(new Field(0, 4), new Field(4, 4), new Field(8, 4)));

    @SuppressWarnings("ImmutableEnumChecker") // It is: all come from List.of.
    private final List<Field> fields;

    Kind(List<Field> fields) {
      this.fields = fields;
    }

    static Kind of(int signature) {
      return switch (signature) {
        case RegfLayout.NK -> KEY;
        case RegfLayout.VK -> VALUE;
        case RegfLayout.SK -> SECURITY;
        case RegfLayout.LF, RegfLayout.LH, RegfLayout.LI, RegfLayout.RI -> LIST;
        case RegfLayout.DB -> PIECES;
        default -> OTHER;
      };
    }
  }

  private final Random random;
  private byte[] file;

  /** Where the contents of cells begin, by what they hold. */
  private final Map<Kind, List<Integer>> places = new EnumMap<>(Kind.class);

  private final List<Integer> bins = new ArrayList<>();

  private HiveMutation(byte[] file, Random random) {
    this.file = file;
    this.random = random;
  }

  /** See {@link dev.holdfast.registry.Fuzzer.Mutation}. */
  static byte[] mutant(byte[] good, byte[] other, Random random) {
    var mutation = new HiveMutation(good.clone(), random);
    for (int i = 1 + random.nextInt(CHANGES_MAX); i > 0; i--) {
      mutation.change(other);
    }
    return mutation.sealed();
  }

  private byte[] sealed() {
    if (file.length >= RegfLayout.BASE_BYTES && random.nextInt(20) != 0) {
      HiveFiles.seal(file);
    }
    return file;
  }

  private void change(byte[] other) {
    survey();
    if (bins.isEmpty() || random.nextInt(10) == 0) {
      anyBytes();
      return;
    }
    switch (random.nextInt(14)) {
      case 0, 1, 2 -> oneField();
      case 3, 4 -> reference();
      case 5 -> sameFieldOfAnother();
      case 6 -> sameFieldOfMany();
      case 7 -> entries();
      case 8 -> cellSize();
      case 9 -> contents();
      case 10 -> bin();
      case 11 -> base();
      case 12 -> length(other);
      default -> tinyCells();
    }
  }

  /** Finds bins and cells as far as they can be told. */
  private void survey() {
    bins.clear();
    places.clear();
    int bin = RegfLayout.BASE_BYTES;
    while (bin + RegfLayout.BIN_BYTES <= file.length && Bytes.i32(file, bin) == RegfLayout.HBIN) {
      int size = Bytes.i32(file, bin + 8);
      if (size < RegfLayout.BIN_BYTES || size > file.length - bin) {
        size = RegfLayout.BIN_BYTES;
      }
      bins.add(bin);
      cells(bin + RegfLayout.BIN_HEADER_BYTES, bin + size);
      bin += size;
    }
  }

  private void cells(int from, int to) {
    for (int cell = from; cell + 8 <= to; ) {
      int size = Math.abs(Bytes.i32(file, cell));
      if (size < 8 || size > to - cell) {
        return;
      }
      if (Bytes.i32(file, cell) < 0) {
        Kind kind = Kind.of(Bytes.u16(file, cell + 4));
        places.computeIfAbsent(kind, _ -> new ArrayList<>()).add(cell + 4);
      }
      cell += size;
    }
  }

  private void oneField() {
    Kind kind = anyKind();
    Field field = any(kind.fields);
    put(field, anyPlace(kind), changed(field, anyPlace(kind)));
  }

  /** What the field may become of that cell. */
  private int changed(Field field, int place) {
    int found = get(field, place);
    return switch (random.nextInt(4)) {
      case 0 -> found + random.nextInt(17) - 8;
      case 1 -> found ^ 1 << random.nextInt(8 * field.bytes());
      case 2 -> random.nextInt();
      default -> edge();
    };
  }

  /** Makes something refer to another cell, which may be the wrong one only as it has two uses. */
  private void reference() {
    Kind kind = anyKind();
    Field field = any(kind.fields);
    int target = anyPlace(random.nextBoolean() ? kind : anyKind());
    put(new Field(field.at(), 4), anyPlace(kind), offset(target));
    if (random.nextInt(3) == 0) {
      int key = anyPlace(Kind.KEY);
      Bytes.put32(file, Math.min(key + 16, file.length - 4), offset(anyPlace(Kind.KEY)));
    }
  }

  private void sameFieldOfAnother() {
    Kind kind = anyKind();
    Field field = any(kind.fields);
    put(field, anyPlace(kind), get(field, anyPlace(kind)));
  }

  /** What costs little once may cost much when it is everywhere. */
  private void sameFieldOfMany() {
    Kind kind = anyKind();
    Field field = any(kind.fields);
    int step = 1 + random.nextInt(3) * random.nextInt(10);
    List<Integer> all = places.getOrDefault(kind, List.of());
    int number = edge();
    int mask = 1 << random.nextInt(8 * field.bytes());
    boolean flips = random.nextBoolean();
    for (int i = random.nextInt(step); i < all.size(); i += step) {
      put(field, all.get(i), flips ? get(field, all.get(i)) ^ mask : number);
    }
  }

  /** Entries of a list change places, come twice, or the list is of another kind. */
  private void entries() {
    int list = anyPlace(random.nextBoolean() ? Kind.LIST : Kind.OTHER);
    int room = -Bytes.i32(file, list - 4) - 4;
    int entries = Math.max(1, Math.min(room, file.length - list - 8) / 4 - 1);
    int one = Math.min(list + 4 * random.nextInt(entries + 1), file.length - 4);
    int two = Math.min(list + 4 * random.nextInt(entries + 1), file.length - 4);
    int kept = Bytes.i32(file, one);
    switch (random.nextInt(3)) {
      case 0 -> {
        Bytes.put32(file, one, Bytes.i32(file, two));
        Bytes.put32(file, two, kept);
      }
      case 1 -> Bytes.put32(file, one, Bytes.i32(file, two));
      default -> Bytes.put16(file, list, LIST_SIGNATURES[random.nextInt(LIST_SIGNATURES.length)]);
    }
  }

  /** A cell is freed, cut in two, or takes in the next one. */
  private void cellSize() {
    int cell = anyPlace(anyKind()) - 4;
    int size = -Bytes.i32(file, cell);
    int next = cell + size;
    switch (random.nextInt(4)) {
      case 0 -> Bytes.put32(file, cell, size);
      case 1 -> {
        int first = 8 * (1 + random.nextInt(Math.max(1, size / 8)));
        if (size - first >= 8 && cell + first + 4 <= file.length) {
          Bytes.put32(file, cell, -first);
          Bytes.put32(file, cell + first, random.nextBoolean() ? first - size : size - first);
        }
      }
      case 2 -> {
        if (next > cell && next + 4 <= file.length) {
          Bytes.put32(file, cell, -size - Math.abs(Bytes.i32(file, next)));
        }
      }
      default -> Bytes.put32(file, cell, edge());
    }
  }

  /** The content of one cell is that of another. */
  private void contents() {
    Kind kind = anyKind();
    int from = anyPlace(kind);
    int to = anyPlace(random.nextInt(3) == 0 ? anyKind() : kind);
    int length = Math.min(-Bytes.i32(file, from - 4), -Bytes.i32(file, to - 4)) - 4;
    length = Math.min(length, file.length - Math.max(from, to));
    System.arraycopy(file, from, file, to, Math.max(0, length));
  }

  private void bin() {
    int bin = any(bins);
    switch (random.nextInt(4)) {
      case 0 -> Bytes.put32(file, bin + 4 * random.nextInt(8), edge());
      case 1 -> Bytes.put32(file, bin + 8, Bytes.i32(file, bin + 8) + RegfLayout.BIN_BYTES);
      case 2 -> {
        // Another one, but where it says it is.
        int from = any(bins);
        int length = Math.min(RegfLayout.BIN_BYTES, file.length - Math.max(from, bin));
        System.arraycopy(file, from, file, bin, length);
        Bytes.put32(file, bin + 4, bin - RegfLayout.BASE_BYTES);
        Bytes.put32(file, bin + 8, RegfLayout.BIN_BYTES);
      }
      default -> Arrays.fill(file, bin, bin + RegfLayout.BIN_BYTES, (byte) 0);
    }
  }

  private void base() {
    switch (random.nextInt(4)) {
      case 0 -> Bytes.put32(file, 24, random.nextInt(2, 8));
      case 1 -> Bytes.put32(file, BaseBlock.ROOT_AT, offset(anyPlace(anyKind())));
      case 2 -> Bytes.put32(file, 4 * random.nextInt(12), edge());
      default -> Bytes.put32(file, 40, file.length - RegfLayout.BASE_BYTES);
    }
  }

  /** Cut, or with bins of another file at its end. */
  private void length(byte[] other) {
    if (random.nextBoolean()) {
      int length = random.nextInt(file.length + 5_000);
      boolean whole = random.nextBoolean();
      file = Arrays.copyOf(file, whole ? RegfLayout.up(length, RegfLayout.BIN_BYTES) : length);
    } else {
      int from = RegfLayout.BIN_BYTES * random.nextInt(1 + other.length / RegfLayout.BIN_BYTES);
      int length = Math.min(other.length - from, RegfLayout.BIN_BYTES * (1 + random.nextInt(20)));
      int end = file.length;
      if (end + length > FILE_BYTES_MAX) {
        return;
      }
      file = Arrays.copyOf(file, end + length);
      System.arraycopy(other, from, file, end, length);
      for (int bin = end; bin + 12 <= file.length; bin += RegfLayout.BIN_BYTES) {
        if (Bytes.i32(file, bin) == RegfLayout.HBIN) {
          Bytes.put32(file, bin + 4, bin - RegfLayout.BASE_BYTES);
        }
      }
    }
    if (file.length >= 2 * RegfLayout.BASE_BYTES && random.nextInt(4) != 0) {
      Bytes.put32(file, 40, (file.length & -RegfLayout.BIN_BYTES) - RegfLayout.BASE_BYTES);
    }
  }

  /** A bin at the end with as many cells as it can hold. */
  private void tinyCells() {
    int size = RegfLayout.BIN_BYTES * (1 + random.nextInt(16));
    int bin = RegfLayout.up(file.length, RegfLayout.BIN_BYTES);
    if (bin + size > FILE_BYTES_MAX) {
      return;
    }
    file = Arrays.copyOf(file, bin + size);
    Bytes.put32(file, bin, RegfLayout.HBIN);
    Bytes.put32(file, bin + 4, bin - RegfLayout.BASE_BYTES);
    Bytes.put32(file, bin + 8, size);
    int header = new int[] {-8, 8, -16, -32, -12, -20}[random.nextInt(6)];
    int cell = bin + RegfLayout.BIN_HEADER_BYTES;
    int end = bin + size;
    while (end - cell >= 2 * Math.abs(header)) {
      Bytes.put32(file, cell, header);
      Bytes.put32(file, cell + 4, random.nextInt(4) == 0 ? random.nextInt() : RegfLayout.SK);
      cell += Math.abs(header);
    }
    Bytes.put32(file, cell, cell - end);
    Bytes.put32(file, 40, file.length - RegfLayout.BASE_BYTES);
  }

  private void anyBytes() {
    if (file.length < 8) {
      return;
    }
    int at =
        random.nextInt(
            random.nextInt(6) == 0 ? Math.min(512, file.length - 8) + 1 : file.length - 7);
    switch (random.nextInt(4)) {
      case 0 -> file[at] = (byte) random.nextInt();
      case 1 -> file[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> Bytes.put32(file, at & ~3, edge());
      default -> {
        int from = random.nextInt(file.length);
        int length = Math.min(random.nextInt(300), file.length - Math.max(at, from));
        System.arraycopy(file, from, file, at, length);
      }
    }
  }

  private int edge() {
    return EDGES[random.nextInt(EDGES.length)];
  }

  private Kind anyKind() {
    return Kind.values()[random.nextInt(Kind.values().length)];
  }

  /** Where the content of such a cell begins; of another, or of none, when there is no such one. */
  private int anyPlace(Kind kind) {
    @Nullable List<Integer> all = places.get(kind);
    if (all == null) {
      all =
          places.isEmpty()
              ? List.of(RegfLayout.BASE_BYTES + 36)
              : places.values().iterator().next();
    }
    return any(all);
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private static int offset(int place) {
    return place - RegfLayout.CELL_HEADER_BYTES - RegfLayout.BASE_BYTES;
  }

  private int get(Field field, int place) {
    int at = Math.min(place + field.at(), file.length - 4);
    return field.bytes() == 2 ? Bytes.u16(file, at) : Bytes.i32(file, at);
  }

  private void put(Field field, int place, int number) {
    int at = Math.min(place + field.at(), file.length - 4);
    if (field.bytes() == 2) {
      Bytes.put16(file, at, number);
    } else {
      Bytes.put32(file, at, number);
    }
  }
}
