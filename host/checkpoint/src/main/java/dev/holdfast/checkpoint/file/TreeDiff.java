package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.Difference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares two saved trees file by file. Both are in the same order, so each is read once. */
final class TreeDiff {
  /** Texts up to this size are shown by line; Debian's redis.conf has 106 KB. */
  private static final int TEXT_BYTES = 1 << 18;

  private static final int DIGITS = 12;

  private final List<Difference> differences = new ArrayList<>();

  private TreeDiff() {}

  static List<Difference> between(Path from, Path to) throws IOException {
    var diff = new TreeDiff();
    try (TarReader a = TarReader.open(from);
        TarReader b = TarReader.open(to)) {
      diff.merge(new Side(a), new Side(b));
    }
    return List.copyOf(diff.differences);
  }

  /**
   * @param text null if it is not text, or not small
   */
  private record Content(long size, String digest, @Nullable String text) {
    @Override
    public String toString() {
      return "%,d bytes, sha256 %s".formatted(size, digest.substring(0, DIGITS));
    }
  }

  private record Entry(Node node, SortedMap<String, byte[]> attributes, Content content) {
    String shown() {
      return switch (node.kind()) {
        case FILE -> "file, " + content;
        case DIRECTORY -> "directory";
        case LINK -> "symbolic link to " + node.target();
      };
    }
  }

  /** A tar, with the entry at which it stands. */
  private static final class Side {
    private final TarReader reader;
    private boolean first = true;
    @Nullable Entry entry;

    Side(TarReader reader) throws IOException {
      this.reader = reader;
      advance();
    }

    void advance() throws IOException {
      Node node = reader.next();
      if (node == null) {
        entry = null;
        return;
      }
      Content content =
          read(node.kind() == Kind.FILE ? reader.content() : InputStream.nullInputStream());
      entry = new Entry(first ? node.withName("") : node, reader.attributes(), content);
      first = false;
    }
  }

  private static Content read(InputStream in) throws IOException {
    MessageDigest digest = Spool.sha256();
    var digested = new DigestInputStream(in, digest);
    byte[] start = digested.readNBytes(TEXT_BYTES);
    long more = digested.transferTo(OutputStream.nullOutputStream());
    return new Content(
        start.length + more,
        HexFormat.of().formatHex(digest.digest()),
        more > 0 ? null : text(start));
  }

  private static @Nullable String text(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.indexOf('\0') < 0 ? text : null;
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private void merge(Side a, Side b) throws IOException {
    while (a.entry != null || b.entry != null) {
      Entry x = a.entry;
      Entry y = b.entry;
      if (x != null && (y == null || precedes(x, y))) {
        add(x.node().name(), "", x.shown(), null);
        a.advance();
      } else if (y != null && (x == null || precedes(y, x))) {
        add(y.node().name(), "", null, y.shown());
        b.advance();
      } else if (x != null && y != null) {
        compare(x, y);
        a.advance();
        b.advance();
      }
    }
  }

  private static boolean precedes(Entry one, Entry other) {
    return Names.BYTE_ORDER.compare(one.node().name(), other.node().name()) < 0;
  }

  private void compare(Entry x, Entry y) {
    Node a = x.node();
    Node b = y.node();
    String name = a.name();
    if (a.kind() != b.kind()) {
      add(name, "", x.shown(), y.shown());
      return;
    }
    boolean same = x.content().digest().equals(y.content().digest());
    if (!same) {
      addContent(name, x.content(), y.content());
    }
    addIfOther(name, "target", a.target(), b.target());
    addIfOther(name, "mode", "%04o".formatted(a.mode()), "%04o".formatted(b.mode()));
    addIfOther(name, "owner", a.uid() + ":" + a.gid(), b.uid() + ":" + b.gid());
    var keys = new TreeSet<>(x.attributes().keySet());
    keys.addAll(y.attributes().keySet());
    for (String key : keys) {
      byte[] from = x.attributes().get(key);
      byte[] to = y.attributes().get(key);
      if (!Arrays.equals(from, to)) {
        add(name, "user." + key, shown(from), shown(to));
      }
    }
    if (same) {
      addIfOther(name, "time", a.modified().toString(), b.modified().toString());
    }
  }

  private void addContent(String name, Content from, Content to) {
    if (from.text() != null && to.text() != null) {
      var lines = new LineDiff(from.text(), to.text());
      if (!lines.removed().isEmpty() || !lines.added().isEmpty()) {
        add(name, "content", lines.removed(), lines.added());
        return;
      }
    }
    add(name, "content", from.toString(), to.toString());
  }

  private static @Nullable String shown(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    String text = text(value);
    return text == null ? "%,d bytes".formatted(value.length) : text;
  }

  private void addIfOther(String name, String what, String from, String to) {
    if (!from.equals(to)) {
      add(name, what, from, to);
    }
  }

  private void add(String where, String what, @Nullable String from, @Nullable String to) {
    differences.add(new Difference(where, what, from, to));
  }
}
