package dev.holdfast.registry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A whole tree as bytes, in pieces that each hold whole entries.
 *
 * <pre>
 * tree   entries: the root, its values, its first subkey, that one's values, its first subkey, …
 * entry  1 key     u16 depth (root 0) | name | u64 revision
 *        2 value   name | u32 type | u32 size | data       of the key that came last
 * name   as in {@link BatchCodec}
 * </pre>
 *
 * Subkeys of a key, and its values, come in strictly rising {@link NameOrder}.
 */
public final class TreeCodec {
  /** A piece ends with the entry that reaches this size. */
  public static final int PIECE_BYTES = 256 << 10;

  private static final int FIRST_BYTES = 4_096;
  private static final int KEY = 1;
  private static final int VALUE = 2;

  private TreeCodec() {}

  /** Takes a piece; the buffer is used again after it returns. */
  @FunctionalInterface
  public interface PieceWriter {
    void write(ByteBuffer piece) throws IOException;
  }

  /** How much a tree holds. */
  public record Size(long keys, long values) {}

  /** Writes the tree under this root in pieces. */
  public static Size write(RegistryKey root, PieceWriter writer) throws IOException {
    var encoder = new Encoder(FIRST_BYTES);
    Deque<Iterator<RegistryKey>> path = new ArrayDeque<>();
    long keys = 0;
    long values = 0;
    RegistryKey key = root;
    while (key != null) {
      encoder.u8(KEY);
      encoder.u16(path.size());
      encoder.name(key.name());
      encoder.u64(key.revision().number());
      flush(encoder, PIECE_BYTES, writer);
      for (RegistryValue value : key.values()) {
        encoder.u8(VALUE);
        encoder.value(value);
        flush(encoder, PIECE_BYTES, writer);
      }
      keys++;
      values += key.valueCount();
      path.addLast(key.subkeys().iterator());
      key = next(path);
    }
    flush(encoder, 1, writer);
    return new Size(keys, values);
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

  /** Whether both trees are the same to the last byte and revision. */
  public static boolean same(RegistryKey left, RegistryKey right) {
    if (!left.name().equals(right.name())
        || !left.revision().equals(right.revision())
        || left.valueCount() != right.valueCount()
        || left.subkeyCount() != right.subkeyCount()) {
      return false;
    }
    Iterator<RegistryValue> values = right.values().iterator();
    for (RegistryValue value : left.values()) {
      if (!value.equals(values.next())) {
        return false;
      }
    }
    Iterator<RegistryKey> subkeys = right.subkeys().iterator();
    for (RegistryKey subkey : left.subkeys()) {
      if (!same(subkey, subkeys.next())) {
        return false;
      }
    }
    return true;
  }

  /** Puts a tree together from its pieces, given in their order. Not thread-safe. */
  public static final class Reader {
    private final Deque<OpenKey> path = new ArrayDeque<>();
    private long keys;
    private long values;

    /** Takes the next piece. */
    public void read(ByteBuffer piece) throws MalformedEncodingException {
      var decoder = new Decoder(piece);
      while (decoder.hasMore()) {
        int what = decoder.u8("the kind of an entry");
        switch (what) {
          case KEY -> openKey(decoder);
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

    private void openKey(Decoder decoder) throws MalformedEncodingException {
      int depth = decoder.u16("a key's depth");
      String name = decoder.name("a key's name");
      long revision = decoder.u64("a key's revision");
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
      path.addLast(new OpenKey(name, revision));
      keys++;
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
    private final long revision;
    private NameSet<RegistryKey> subkeys = NameSet.empty();
    private NameSet<RegistryValue> values = NameSet.empty();
    private @Nullable String lastSubkey;
    private @Nullable String lastValue;

    OpenKey(String name, long revision) {
      this.name = name;
      this.revision = revision;
    }

    boolean mayOpen(String subkey) {
      return follows(lastSubkey, subkey);
    }

    void add(RegistryKey subkey) {
      lastSubkey = subkey.name();
      subkeys = subkeys.with(subkey);
    }

    boolean add(RegistryValue value) {
      if (!follows(lastValue, value.name())) {
        return false;
      }
      lastValue = value.name();
      values = values.with(value);
      return true;
    }

    RegistryKey close() {
      return RegistryKey.of(name, revision, subkeys, values);
    }

    private static boolean follows(@Nullable String before, String name) {
      return before == null || NameOrder.compare(before, name) < 0;
    }
  }
}
