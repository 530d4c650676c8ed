package dev.holdfast.registry;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch's changes as bytes. Preconditions are not written: what is written down was applied.
 *
 * <pre>
 * batch   u32 count of changes, then the changes
 * change  u8 what | path | by kind:
 *           1 create key     nothing
 *           2 set value      name | u32 type | u32 size | data
 *           3 delete value   name
 *           4 delete key     nothing
 *           5 delete tree    nothing
 * path    u16 count of names (0 the root), then the names; 0xFFFF: as in the change before
 * name    u16 characters; bit 15 clear: a byte each (below U+0100), set: a UTF-16 unit each
 * </pre>
 *
 * All numbers are little-endian and unsigned. Thread-safe; stateless.
 */
public final class BatchCodec {
  private static final int CREATE_KEY = 1;
  private static final int SET_VALUE = 2;
  private static final int DELETE_VALUE = 3;
  private static final int DELETE_KEY = 4;
  private static final int DELETE_TREE = 5;
  private static final int SAME_PATH = 0xFFFF;
  private static final int USUAL_BYTES = 256;

  private BatchCodec() {}

  /**
   * The bytes of the batch's changes.
   *
   * @throws InvalidBatchException if there are more than {@link Limits#BATCH_BYTES_MAX} of them
   */
  public static byte[] encode(Batch batch) throws InvalidBatchException {
    var encoder = new Encoder(USUAL_BYTES);
    encoder.u32(batch.changes().size());
    KeyPath before = null;
    for (Change change : batch.changes()) {
      encode(change, before, encoder);
      before = change.path();
      if (encoder.size() > Limits.BATCH_BYTES_MAX) {
        throw new InvalidBatchException(
            "batch refused: it takes more than %,d bytes (BATCH_BYTES_MAX); make it several"
                .formatted(Limits.BATCH_BYTES_MAX));
      }
    }
    return encoder.toBytes();
  }

  private static void encode(Change change, @Nullable KeyPath before, Encoder encoder) {
    switch (change) {
      case Change.CreateKey(KeyPath path) -> head(CREATE_KEY, path, before, encoder);
      case Change.SetValue(KeyPath path, RegistryValue value) -> {
        head(SET_VALUE, path, before, encoder);
        encoder.value(value);
      }
      case Change.DeleteValue(KeyPath path, String name) -> {
        head(DELETE_VALUE, path, before, encoder);
        encoder.name(name);
      }
      case Change.DeleteKey(KeyPath path) -> head(DELETE_KEY, path, before, encoder);
      case Change.DeleteTree(KeyPath path) -> head(DELETE_TREE, path, before, encoder);
    }
  }

  private static void head(int what, KeyPath path, @Nullable KeyPath before, Encoder encoder) {
    encoder.u8(what);
    // The case of names counts here: a key that is created gets the spelling of its path.
    if (before != null && path.names().equals(before.names())) {
      encoder.u16(SAME_PATH);
      return;
    }
    encoder.u16(path.names().size());
    path.names().forEach(encoder::name);
  }

  /** The batch of these bytes, all of them, without preconditions. */
  public static Batch decode(ByteBuffer bytes) throws MalformedEncodingException {
    var decoder = new Decoder(bytes);
    int count = decoder.count("the count of changes");
    if (count == 0 || count > Limits.BATCH_CHANGES_MAX) {
      throw decoder.malformed("the count of changes is " + count);
    }
    var changes = new ArrayList<Change>(Math.min(count, USUAL_BYTES));
    KeyPath before = null;
    for (int i = 0; i < count; i++) {
      Change change = decodeChange(decoder, before);
      changes.add(change);
      before = change.path();
    }
    if (decoder.hasMore()) {
      throw decoder.malformed("bytes are left after the last change");
    }
    return new Batch(List.of(), changes);
  }

  private static Change decodeChange(Decoder decoder, @Nullable KeyPath before)
      throws MalformedEncodingException {
    int what = decoder.u8("the kind of a change");
    KeyPath path = decodePath(decoder, before);
    return switch (what) {
      case CREATE_KEY -> new Change.CreateKey(path);
      case SET_VALUE -> new Change.SetValue(path, decoder.value());
      case DELETE_VALUE -> new Change.DeleteValue(path, decoder.name("a value's name"));
      case DELETE_KEY -> new Change.DeleteKey(path);
      case DELETE_TREE -> new Change.DeleteTree(path);
      default -> throw decoder.malformed("unknown kind of change " + what);
    };
  }

  private static KeyPath decodePath(Decoder decoder, @Nullable KeyPath before)
      throws MalformedEncodingException {
    int count = decoder.u16("the count of a path's names");
    if (count == SAME_PATH) {
      if (before == null) {
        throw decoder.malformed("the first change refers to a path before it");
      }
      return before;
    }
    KeyPath path = KeyPath.ROOT;
    for (int i = 0; i < count; i++) {
      String name = decoder.name("a key's name");
      try {
        path = path.child(name);
      } catch (IllegalArgumentException e) {
        throw decoder.malformed(String.valueOf(e.getMessage()));
      }
    }
    return path;
  }
}
