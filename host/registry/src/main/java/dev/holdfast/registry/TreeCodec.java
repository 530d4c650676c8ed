package dev.holdfast.registry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole tree as bytes, in pieces that each hold whole entries.
 *
 * <pre>
 * tree   entries: the root, its values, its first subkey, that one's values, its first subkey, …
 * entry  2 value       name | u32 type | u32 size | data       of the key that came last
 *        3 descriptor  u32 size | bytes                        each distinct one once, before the first key that has it
 *        4 key         u16 depth (root 0) | name | u64 revision | u64 time | u32 number of its descriptor: 1 for the
 *                      first one of the tree, 0 for none | u8 flags: 1 link, 2 with a class | the class, as a name, if
 *                      there is one
 *        1 key         u16 depth | name | u64 revision         as version 1 of a hive had it; nothing else is known of it
 * name   as in {@link BatchCodec}
 * time   100 ns since 1601; 0 if it is not known
 * </pre>
 *
 * Subkeys of a key, and its values, come in strictly rising {@link NameOrder}. Volatile keys are
 * not written, nor what is below them, which is as volatile.
 */
public final class TreeCodec {
  /** A piece ends with the entry that reaches this size. */
  public static final int PIECE_BYTES = 256 << 10;

  private static final int FIRST_BYTES = 4_096;
  private static final int KEY_OF_VERSION_1 = 1;
  private static final int VALUE = 2;
  private static final int DESCRIPTOR = 3;
  private static final int KEY = 4;
  private static final int LINK = 1;
  private static final int WITH_CLASS = 2;

  private TreeCodec() {}

  /** Takes a piece; the buffer is used again after it returns. */
  @FunctionalInterface
  public interface PieceWriter {
    void write(ByteBuffer piece) throws IOException;
  }

  /** How much a tree holds, volatile keys left out. */
  public record Size(long keys, long values) {}

  /**
   * How much the tree under this root holds.
   *
   * @param eachKey run at each key
   */
  public static Size size(RegistryKey root, Runnable eachKey) {
    eachKey.run();
    long keys = 1;
    long values = root.valueCount();
    for (RegistryKey subkey : root.durableSubkeys()) {
      Size below = size(subkey, eachKey);
      keys += below.keys();
      values += below.values();
    }
    return new Size(keys, values);
  }

  /** Writes the tree under this root in pieces. */
  public static Size write(RegistryKey root, PieceWriter writer) throws IOException {
    var encoder = new Encoder(FIRST_BYTES);
    Deque<Iterator<RegistryKey>> path = new ArrayDeque<>();
    Map<DescriptorBytes, Integer> numbers = new HashMap<>();
    long keys = 0;
    long values = 0;
    RegistryKey key = root;
    while (key != null) {
      put(key, path.size(), numbers, encoder);
      flush(encoder, PIECE_BYTES, writer);
      for (RegistryValue value : key.values()) {
        encoder.u8(VALUE);
        encoder.value(value);
        flush(encoder, PIECE_BYTES, writer);
      }
      keys++;
      values += key.valueCount();
      path.addLast(key.durableSubkeys().iterator());
      key = next(path);
    }
    flush(encoder, 1, writer);
    return new Size(keys, values);
  }

  private static void put(
      RegistryKey key, int depth, Map<DescriptorBytes, Integer> numbers, Encoder encoder) {
    KeyOptions options = key.options();
    DescriptorBytes security = options.security();
    int number = 0;
    if (security != null) {
      Integer known = numbers.get(security);
      number = known == null ? numbers.size() + 1 : known;
      if (known == null) {
        numbers.put(security, number);
        encoder.u8(DESCRIPTOR);
        encoder.descriptor(security);
      }
    }
    encoder.u8(KEY);
    encoder.u16(depth);
    encoder.name(key.name());
    encoder.u64(key.revision().number());
    encoder.u64(key.lastWritten().ticks());
    encoder.u32(number);
    boolean withClass = !options.className().isEmpty();
    encoder.u8((options.isLink() ? LINK : 0) | (withClass ? WITH_CLASS : 0));
    if (withClass) {
      encoder.name(options.className());
    }
  }

  private static @Nullable RegistryKey next(Deque<Iterator<RegistryKey>> path) {
    while (!path.isEmpty()) {
      if (path.getLast().hasNext()) {
        return path.getLast().next();
      }
      path.removeLast();
    }
    return null;
  }

  private static void flush(Encoder encoder, int atSize, PieceWriter writer) throws IOException {
    if (encoder.size() >= atSize) {
      writer.write(encoder.written());
      encoder.clear();
    }
  }

  /**
   * Whether both trees are the same to the last byte, revision, time and descriptor, as far as they
   * are written down: volatile keys count in neither.
   */
  public static boolean same(RegistryKey left, RegistryKey right) {
    return same(left, right, () -> {});
  }

  /**
   * As above.
   *
   * @param eachKey run at each key that is compared
   */
  public static boolean same(RegistryKey left, RegistryKey right, Runnable eachKey) {
    eachKey.run();
    if (!left.name().equals(right.name())
        || !left.revision().equals(right.revision())
        || !left.lastWritten().equals(right.lastWritten())
        || !left.options().equals(right.options())
        || left.valueCount() != right.valueCount()) {
      return false;
    }
    Iterator<RegistryValue> values = right.values().iterator();
    for (RegistryValue value : left.values()) {
      if (!value.equals(values.next())) {
        return false;
      }
    }
    Iterator<RegistryKey> subkeys = right.durableSubkeys().iterator();
    for (RegistryKey subkey : left.durableSubkeys()) {
      if (!subkeys.hasNext() || !same(subkey, subkeys.next(), eachKey)) {
        return false;
      }
    }
    return !subkeys.hasNext();
  }

  /** Puts a tree together from its pieces, given in their order. Not thread-safe. */
  public static final class Reader {
    private final Deque<OpenKey> path = new ArrayDeque<>();

    /** For the keys that have a descriptor and nothing else: one object for each descriptor. */
    private final List<KeyOptions> secured = new ArrayList<>(List.of(KeyOptions.PLAIN));

    private long keys;
    private long values;

    /** Takes the next piece. */
    public void read(ByteBuffer piece) throws MalformedEncodingException {
      var decoder = new Decoder(piece);
      while (decoder.hasMore()) {
        int what = decoder.u8("the kind of an entry");
        switch (what) {
          case KEY, KEY_OF_VERSION_1 -> openKey(decoder, what == KEY);
          case DESCRIPTOR -> secured.add(KeyOptions.PLAIN.withSecurity(decoder.descriptor()));
          case VALUE -> addValue(decoder);
          default -> throw decoder.malformed("unknown kind of entry " + what);
        }
      }
    }

    /** The tree, after the last piece. */
    public RegistryKey root() throws MalformedEncodingException {
      if (path.isEmpty()) {
        throw new MalformedEncodingException("the tree has no root");
      }
      while (path.size() > 1) {
        closeLast();
      }
      return path.getLast().close();
    }

    /** What was read so far. */
    public Size size() {
      return new Size(keys, values);
    }

    private void openKey(Decoder decoder, boolean withOptions) throws MalformedEncodingException {
      int depth = decoder.u16("a key's depth");
      String name = decoder.name("a key's name");
      long revision = decoder.u64("a key's revision");
      long ticks = withOptions ? decoder.u64("a key's time") : Filetime.ZERO.ticks();
      KeyOptions options = withOptions ? options(decoder) : KeyOptions.PLAIN;
      boolean root = path.isEmpty();
      if (root ? depth != 0 : depth == 0 || depth > path.size()) {
        throw decoder.malformed("a key of depth %d cannot follow".formatted(depth));
      }
      if (root != name.isEmpty()
          || name.length() > Limits.KEY_NAME_CHARS_MAX
          || name.indexOf('\\') >= 0
          || depth > Limits.DEPTH_MAX
          || revision < 0) {
        throw decoder.malformed("no key can have this name, depth or revision");
      }
      while (path.size() > depth) {
        closeLast();
      }
      if (!root && !path.getLast().mayOpen(name)) {
        throw decoder.malformed("the key %s is out of order".formatted(name));
      }
      path.addLast(new OpenKey(name, new Stamp(revision, ticks), options));
      keys++;
    }

    private KeyOptions options(Decoder decoder) throws MalformedEncodingException {
      int number = decoder.u32("the number of a security descriptor");
      int flags = decoder.u8("the flags of a key");
      if (number < 0 || number >= secured.size() || (flags & ~(LINK | WITH_CLASS)) != 0) {
        throw decoder.malformed(
            "a key with the descriptor %d of %d and the flags 0x%x"
                .formatted(number, secured.size() - 1, flags));
      }
      KeyOptions options = secured.get(number);
      if ((flags & WITH_CLASS) != 0) {
        options = options.withClassName(decoder.name("a key's class"));
      }
      return (flags & LINK) != 0 ? options.asLink() : options;
    }

    private void addValue(Decoder decoder) throws MalformedEncodingException {
      RegistryValue value = decoder.value();
      if (path.isEmpty() || !path.getLast().add(value)) {
        throw decoder.malformed("the value \"%s\" is out of order".formatted(value.name()));
      }
      values++;
    }

    private void closeLast() {
      RegistryKey key = path.removeLast().close();
      path.getLast().add(key);
    }
  }

  /** A key that still gets values and subkeys. */
  private static final class OpenKey {
    private final String name;
    private final Stamp stamp;
    private final KeyOptions options;
    private final NameSetBuilder<RegistryKey> subkeys = new NameSetBuilder<>();
    private final NameSetBuilder<RegistryValue> values = new NameSetBuilder<>();
    private @Nullable String lastSubkey;
    private @Nullable String lastValue;

    OpenKey(String name, Stamp stamp, KeyOptions options) {
      this.name = name;
      this.stamp = stamp;
      this.options = options;
    }

    boolean mayOpen(String subkey) {
      return follows(lastSubkey, subkey);
    }

    void add(RegistryKey subkey) {
      lastSubkey = subkey.name();
      subkeys.add(subkey);
    }

    boolean add(RegistryValue value) {
      if (!follows(lastValue, value.name())) {
        return false;
      }
      lastValue = value.name();
      values.add(value);
      return true;
    }

    RegistryKey close() {
      return RegistryKey.of(name, stamp, options, subkeys.build(), values.build());
    }

    private static boolean follows(@Nullable String before, String name) {
      return before == null || NameOrder.compare(before, name) < 0;
    }
  }
}
