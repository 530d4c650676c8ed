package dev.holdfast.registry.regf;

import static dev.holdfast.registry.regf.RegfLayout.SK;
import static dev.holdfast.registry.regf.RegfLayout.SK_BYTES;

import dev.holdfast.registry.DescriptorBytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The security descriptors of a file that is made: each once, counted, all in a ring. */
final class SecurityTable {
  /**
   * What a key gets whose tree does not say: all rights for administrators and the system, of whom
   * the first own it. A hive has no keys without a descriptor. Revision 1, self-relative with a
   * DACL; owner S-1-5-32-544, group S-1-5-18, two entries that subkeys inherit.
   */
  static final DescriptorBytes WHEN_NOT_SAID =
      DescriptorBytes.of(
          HexFormat.of()
              .parseHex(
                  "0100048014000000240000000000000030000000"
                      + "01020000000000052000000020020000"
                      + "010100000000000512000000"
                      + "0200340002000000"
                      + "000218003f000f0001020000000000052000000020020000"
                      + "000214003f000f00010100000000000512000000"));

  private final CellWriter cells;
  private final Map<DescriptorBytes, Counted> counted = new HashMap<>();
  private final List<Counted> inOrder = new ArrayList<>();

  /** Neighbouring keys mostly have the same one. */
  private @Nullable Counted last;

  private static final class Counted {
    final DescriptorBytes descriptor;
    final int place;
    int keys;

    Counted(DescriptorBytes descriptor, int place) {
      this.descriptor = descriptor;
      this.place = place;
    }
  }

  SecurityTable(CellWriter cells) {
    this.cells = cells;
  }

  /** The offset of the descriptor for one more key. */
  int offset(@Nullable DescriptorBytes said) {
    DescriptorBytes descriptor = said == null ? WHEN_NOT_SAID : said;
    Counted entry = last;
    if (entry == null || !entry.descriptor.equals(descriptor)) {
      entry = counted.computeIfAbsent(descriptor, this::added);
      last = entry;
    }
    entry.keys++;
    return CellWriter.offset(entry.place);
  }

  private Counted added(DescriptorBytes descriptor) {
    int place = cells.allocate(SK_BYTES + descriptor.sizeBytes());
    byte[] bytes = cells.bytes();
    Bytes.put16(bytes, place, SK);
    Bytes.put32(bytes, place + 16, descriptor.sizeBytes());
    descriptor.copyTo(bytes, place + SK_BYTES);
    var entry = new Counted(descriptor, place);
    inOrder.add(entry);
    return entry;
  }

  /** Writes what is known only when all keys are there. */
  void finish() {
    byte[] bytes = cells.bytes();
    int count = inOrder.size();
    for (int i = 0; i < count; i++) {
      Counted entry = inOrder.get(i);
      Counted next = inOrder.get((i + 1) % count);
      Counted previous = inOrder.get((i + count - 1) % count);
      Bytes.put32(bytes, entry.place + 4, CellWriter.offset(next.place));
      Bytes.put32(bytes, entry.place + 8, CellWriter.offset(previous.place));
      Bytes.put32(bytes, entry.place + 12, entry.keys);
    }
  }
}
