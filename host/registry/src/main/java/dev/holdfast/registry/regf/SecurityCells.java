package dev.holdfast.registry.regf;

import static dev.holdfast.registry.regf.RegfLayout.NONE;
import static dev.holdfast.registry.regf.RegfLayout.SK;
import static dev.holdfast.registry.regf.RegfLayout.SK_BYTES;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.Limits;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The security descriptors of a file that is read, and how many keys refer to each. */
final class SecurityCells {
  private static final int NEXT = 4;
  private static final int PREVIOUS = 8;
  private static final int REFERENCES = 12;
  private static final int SIZE = 16;

  private final byte[] file;
  private final Cells cells;
  private final Findings findings;
  private final Map<Integer, Counted> byPlace = new LinkedHashMap<>();
  private final Map<DescriptorBytes, DescriptorBytes> interned = new HashMap<>();

  /** Neighbouring keys mostly have the same one. */
  private @Nullable Counted last;

  private static final class Counted {
    final int place;
    final DescriptorBytes descriptor;
    long keys;

    Counted(int place, DescriptorBytes descriptor) {
      this.place = place;
      this.descriptor = descriptor;
    }
  }

  SecurityCells(byte[] file, Cells cells, Findings findings) {
    this.file = file;
    this.cells = cells;
    this.findings = findings;
  }

  /** The descriptor that the reference at that byte points to. */
  @Nullable DescriptorBytes of(int reference) throws HiveFormatException {
    if (Bytes.i32(file, reference) == NONE) {
      findings.odd(Oddity.NO_SECURITY, reference, "nk.security", () -> "no offset");
      return null;
    }
    int place = cells.share(reference, "nk.security", SK_BYTES);
    Counted counted = last;
    if (counted == null || counted.place != place) {
      counted = byPlace.get(place);
      if (counted == null) {
        counted = read(place);
        byPlace.put(place, counted);
      }
      last = counted;
    }
    counted.keys++;
    return counted.descriptor;
  }

  private Counted read(int place) throws HiveFormatException {
    if (Bytes.u16(file, place) != SK) {
      throw findings.damaged(place, "sk.signature", "no \"sk\" where a key has its security");
    }
    long size = Bytes.u32(file, place + SIZE);
    if (size < DescriptorBytes.BYTES_MIN
        || size > Limits.DESCRIPTOR_BYTES_MAX
        || SK_BYTES + size > cells.room(place)) {
      throw findings.damaged(
          place + SIZE,
          "sk.size",
          "%,d, the cell has room for %,d".formatted(size, cells.room(place) - SK_BYTES));
    }
    var descriptor = DescriptorBytes.of(file, place + SK_BYTES, (int) size);
    return new Counted(place, interned.computeIfAbsent(descriptor, d -> d));
  }

  /** When all keys were read: whether the counts are right and the ring is whole. */
  void check() throws HiveFormatException {
    for (Counted counted : byPlace.values()) {
      long said = Bytes.u32(file, counted.place + REFERENCES);
      if (said != counted.keys) {
        findings.odd(
            Oddity.REFERENCE_COUNT,
            counted.place + REFERENCES,
            "sk.references",
            () -> "%,d, and %,d keys have it".formatted(said, counted.keys));
      }
    }
    if (!byPlace.isEmpty()) {
      ring(byPlace.keySet().iterator().next());
    }
  }

  private void ring(int first) throws HiveFormatException {
    Set<Integer> seen = new HashSet<>();
    try {
      for (int place = first; seen.add(place); ) {
        int next = neighbour(place, NEXT, "sk.next");
        if (neighbour(next, PREVIOUS, "sk.previous") != place) {
          throw findings.damaged(
              next + PREVIOUS,
              "sk.previous",
              "offset 0x%x is not the one before".formatted(Bytes.i32(file, next + PREVIOUS)));
        }
        place = next;
      }
    } catch (HiveFormatException e) {
      findings.odd(Oddity.SECURITY_RING, e.offset(), e.field(), () -> "broken here");
      return;
    }
    for (int place : byPlace.keySet()) {
      if (!seen.contains(place)) {
        findings.odd(
            Oddity.SECURITY_RING,
            place,
            "sk",
            () -> "not in the ring of " + seen.size() + " others");
      }
    }
    for (int place : seen) {
      if (!byPlace.containsKey(place)) {
        findings.warn(Oddity.UNUSED_SECURITY, place, "sk", () -> "no key refers to it");
      }
    }
  }

  private int neighbour(int place, int at, String field) throws HiveFormatException {
    int neighbour = cells.find(place + at, field, SK_BYTES);
    if (Bytes.u16(file, neighbour) != SK) {
      throw findings.damaged(place + at, field, "points to a cell that is no \"sk\"");
    }
    return neighbour;
  }
}
