package dev.holdfast.registry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch's changes as bytes, and when it was committed. Preconditions are not written: what is
 * written down was applied. Of changes to volatile keys there are none in a log.
 *
 * <pre>
 * batch   u64 time | u32 count of changes, then the changes
 * change  u8 what | path | by kind:
 *           1 create key     nothing
 *           2 set value      name | u32 type | u32 size | data
 *           3 delete value   name
 *           4 delete key     nothing
 *           5 delete tree    nothing
 *           6 create key     options
 *           7 set security   descriptor
 *           8 replace contents   nothing: the new ones stand before the batch, as a tree ({@link TreeCodec})
 * options u8 flags: 1 link, 2 volatile, 4 with a class, 8 with a descriptor
 *         | the class, as a name, if there is one | the descriptor, if there is one
 * descriptor  u32 size | bytes
 * time    100 ns since 1601; 0 until it is known
 * path    u16 count of names (0 the root), then the names; 0xFFFF: as in the change before
 * name    u16 characters; bit 15 clear: a byte each (below U+0100), set: a UTF-16 unit each
 * </pre>
 *
 * In version 1 of a hive a batch had no time, and changes were up to 5.
 *
 * <p>All numbers are little-endian and unsigned. Thread-safe; stateless.
 */
public final class BatchCodec {
  private static final int CREATE_KEY = 1;
  private static final int SET_VALUE = 2;
  private static final int DELETE_VALUE = 3;
  private static final int DELETE_KEY = 4;
  private static final int DELETE_TREE = 5;
  private static final int CREATE_KEY_WITH = 6;
  private static final int SET_SECURITY = 7;
  private static final int CHANGES_OF_VERSION_1 = DELETE_TREE;
  private static final int REPLACE_CONTENTS = 8;
  private static final int CHANGES = REPLACE_CONTENTS;
  private static final int LINK = 1;
  private static final int VOLATILE = 2;
  private static final int WITH_CLASS = 4;
  private static final int WITH_SECURITY = 8;
  private static final int OPTIONS = LINK | VOLATILE | WITH_CLASS | WITH_SECURITY;
  private static final int SAME_PATH = 0xFFFF;
  private static final int USUAL_BYTES = 256;

  private BatchCodec() {}

  /** A batch as it was written down, and when it was committed. */
  public record Logged(Filetime time, Batch batch) {}

  /**
   * The bytes of the batch's changes, at no known time; see {@link #setTime}.
   *
   * @throws InvalidBatchException if there are more than {@link Limits#BATCH_BYTES_MAX} of them
   */
  public static byte[] encode(Batch batch) throws InvalidBatchException {
    var encoder = new Encoder(USUAL_BYTES);
    encoder.u64(Filetime.ZERO.ticks());
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

  /** Puts the time of its commit into an encoded batch. */
  public static void setTime(byte[] encoded, Filetime time) {
    ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN).putLong(0, time.ticks());
  }

  private static void encode(Change change, @Nullable KeyPath before, Encoder encoder) {
    switch (change) {
      case Change.CreateKey(KeyPath path, KeyOptions options) -> {
        boolean plain = options.equals(KeyOptions.PLAIN);
        head(plain ? CREATE_KEY : CREATE_KEY_WITH, path, before, encoder);
        if (!plain) {
          encode(options, encoder);
        }
      }
      case Change.ReplaceContents(KeyPath path, RegistryKey _) ->
          head(REPLACE_CONTENTS, path, before, encoder);
      case Change.SetSecurity(KeyPath path, DescriptorBytes descriptor) -> {
        head(SET_SECURITY, path, before, encoder);
        encoder.descriptor(descriptor);
      }
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

  private static void encode(KeyOptions options, Encoder encoder) {
    DescriptorBytes security = options.security();
    encoder.u8(
        (options.isLink() ? LINK : 0)
            | (options.isVolatile() ? VOLATILE : 0)
            | (options.className().isEmpty() ? 0 : WITH_CLASS)
            | (security == null ? 0 : WITH_SECURITY));
    if (!options.className().isEmpty()) {
      encoder.name(options.className());
    }
    if (security != null) {
      encoder.descriptor(security);
    }
  }

  private static KeyOptions decodeOptions(Decoder decoder) throws MalformedEncodingException {
    int flags = decoder.u8("a key's options");
    if ((flags & ~OPTIONS) != 0) {
      throw decoder.malformed("unknown options of a key 0x%x".formatted(flags));
    }
    return new KeyOptions(
        (flags & WITH_CLASS) == 0 ? "" : decoder.name("a key's class"),
        (flags & WITH_SECURITY) == 0 ? null : decoder.descriptor(),
        (flags & VOLATILE) != 0,
        (flags & LINK) != 0);
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

  /**
   * The batch of these bytes, all of them, without preconditions.
   *
   * @param contents the tree that stood before it; null if none did
   */
  public static Logged decode(ByteBuffer bytes, @Nullable RegistryKey contents)
      throws MalformedEncodingException {
    var decoder = new Decoder(bytes);
    var time = new Filetime(decoder.u64("the time of a batch"));
    return new Logged(time, decodeChanges(decoder, CHANGES, contents));
  }

  /** The batch of these bytes, as version 1 of a hive had them; its time is not known. */
  public static Logged decodeVersion1(ByteBuffer bytes) throws MalformedEncodingException {
    return new Logged(Filetime.ZERO, decodeChanges(new Decoder(bytes), CHANGES_OF_VERSION_1, null));
  }

  private static Batch decodeChanges(Decoder decoder, int kinds, @Nullable RegistryKey contents)
      throws MalformedEncodingException {
    int count = decoder.count("the count of changes");
    if (count > Limits.BATCH_CHANGES_MAX) {
      throw decoder.malformed("the count of changes is " + count);
    }
    var changes = new ArrayList<Change>(Math.min(count, USUAL_BYTES));
    KeyPath before = null;
    for (int i = 0; i < count; i++) {
      Change change = decodeChange(decoder, before, kinds, contents);
      changes.add(change);
      before = change.path();
    }
    if (decoder.hasMore()) {
      throw decoder.malformed("bytes are left after the last change");
    }
    return new Batch(List.of(), changes);
  }

  private static Change decodeChange(
      Decoder decoder, @Nullable KeyPath before, int kinds, @Nullable RegistryKey contents)
      throws MalformedEncodingException {
    int what = decoder.u8("the kind of a change");
    if (what > kinds) {
      throw decoder.malformed("unknown kind of change " + what);
    }
    KeyPath path = decodePath(decoder, before);
    return switch (what) {
      case CREATE_KEY -> new Change.CreateKey(path);
      case SET_VALUE -> new Change.SetValue(path, decoder.value());
      case DELETE_VALUE -> new Change.DeleteValue(path, decoder.name("a value's name"));
      case DELETE_KEY -> new Change.DeleteKey(path);
      case DELETE_TREE -> new Change.DeleteTree(path);
      case CREATE_KEY_WITH -> new Change.CreateKey(path, decodeOptions(decoder));
      case REPLACE_CONTENTS -> {
        if (contents == null) {
          throw decoder.malformed("the contents of %s do not stand before it".formatted(path));
        }
        yield new Change.ReplaceContents(path, contents);
      }
      case SET_SECURITY -> new Change.SetSecurity(path, decoder.descriptor());
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
