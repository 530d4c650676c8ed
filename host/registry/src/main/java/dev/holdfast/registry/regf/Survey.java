package dev.holdfast.registry.regf;

import static dev.holdfast.registry.regf.RegfLayout.BASE_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.BIN_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.INLINE_BYTES_MAX;
import static dev.holdfast.registry.regf.RegfLayout.NK_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.STANDARD_VALUE_BYTES_MAX;
import static dev.holdfast.registry.regf.RegfLayout.VK_BYTES;

import dev.holdfast.registry.Limits;
import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.RegistryValue;
import org.jspecify.annotations.Nullable;

/**
 * The first look at a tree that is to be written: whether it can be, in which version, and about
 * how many bytes that takes, so that the array is the right size at once.
 */
final class Survey<K> {
  /** What a subkey adds to its parent's list: an offset and a hash. */
  private static final int ENTRY_BYTES = 8;

  /** What is left empty at the ends of bins, at most a cell of a list now and then. */
  private static final int SLACK_SHARE = 32;

  /** The bin of one piece of large data. */
  private static final int PIECE_BINS_BYTES = 5 * BIN_BYTES;

  private final KeyView<K> view;
  private long cellBytes;
  private long largestValueBytes;

  Survey(KeyView<K> view, K root) {
    this.view = view;
    key(view.info(root), root, 0);
  }

  boolean fitsStandard() {
    return largestValueBytes <= STANDARD_VALUE_BYTES_MAX;
  }

  long fileBytes() {
    return BASE_BYTES + 4L * BIN_BYTES + cellBytes + cellBytes / SLACK_SHARE;
  }

  private void key(KeyInfo info, K key, int depth) {
    if (info.name().isEmpty() || info.name().indexOf('\\') >= 0) {
      throw new IllegalArgumentException(
          "a key in a hive file has a name without a backslash, found: \"%s\""
              .formatted(info.name()));
    }
    if (depth > Limits.DEPTH_MAX) {
      throw new IllegalArgumentException(
          "levels of keys: at most %,d allowed (DEPTH_MAX), %s is deeper"
              .formatted(Limits.DEPTH_MAX, info.name()));
    }
    cellBytes += CellWriter.cellBytes(NK_BYTES + info.name().length()) + ENTRY_BYTES;
    cellBytes +=
        info.className().isEmpty() ? 0 : CellWriter.cellBytes(2 * info.className().length());
    int values = 0;
    for (RegistryValue value : view.values(key)) {
      value(value);
      values++;
    }
    cellBytes += values == 0 ? 0 : CellWriter.cellBytes(values * Integer.BYTES);
    @Nullable String previous = null;
    for (K subkey : view.subkeys(key)) {
      KeyInfo child = view.info(subkey);
      if (previous != null && NameOrder.IGNORING_CASE.compare(previous, child.name()) >= 0) {
        throw new IllegalStateException(
            "subkeys of %s are not in order: %s comes before %s"
                .formatted(info.name(), previous, child.name()));
      }
      previous = child.name();
      key(child, subkey, depth + 1);
    }
  }

  private void value(RegistryValue value) {
    int bytes = value.sizeBytes();
    largestValueBytes = Math.max(largestValueBytes, bytes);
    cellBytes += CellWriter.cellBytes(VK_BYTES + value.name().length());
    if (bytes > RegfLayout.PIECE_BYTES) {
      // Whether one cell or pieces: in bins of their own, of which a part stays empty.
      cellBytes += (bytes / RegfLayout.PIECE_BYTES + 1L) * PIECE_BINS_BYTES;
    } else if (bytes > INLINE_BYTES_MAX) {
      cellBytes += CellWriter.cellBytes(bytes);
    }
  }
}
