package dev.holdfast.checkpoint.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipEncoding;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;

/**
 * Writes a tar of which each byte is decided by the tree:
 *
 * <pre>
 * for each file, the root first, then in the order of the names' bytes:
 *   [pax header 'x', its records sorted by keyword, if the ustar header cannot say all]
 *   ustar header   './' for a root that is a directory; its own name for one that is a file
 *   content, filled up with zeros to 512 bytes
 * two blocks of 512 zeros
 * </pre>
 *
 * Names of users and groups are not in it. The headers are laid out here and not by the library's
 * own stream, because that one puts the user into pax headers who runs the JVM, and cannot go back.
 */
final class TarWriter {
  static final String ROOT = "./";

  private static final int BLOCK_BYTES = TarConstants.DEFAULT_RCDSIZE;
  private static final ZipEncoding UTF_8 = ZipEncodingHelper.getZipEncoding("UTF-8");

  private final Spool out;
  private long contentBytes;

  TarWriter(Spool out) {
    this.out = out;
  }

  /** Begins a file. Of a regular file, as much content as the node says must follow. */
  void begin(Node node, SortedMap<String, byte[]> attributes) throws IOException {
    String name =
        switch (node.kind()) {
          case DIRECTORY -> node.name().isEmpty() ? ROOT : node.name() + "/";
          case FILE, LINK -> node.name();
        };
    SortedMap<String, byte[]> records = records(node, name);
    attributes.forEach(
        (key, value) -> records.put(PaxAttribute.keyword(key, value), PaxAttribute.record(value)));
    if (!records.isEmpty()) {
      pax(name, records);
    }
    byte flag =
        switch (node.kind()) {
          case DIRECTORY -> TarConstants.LF_DIR;
          case FILE -> TarConstants.LF_NORMAL;
          case LINK -> TarConstants.LF_SYMLINK;
        };
    var entry = new TarArchiveEntry(name, flag);
    entry.setMode(node.mode());
    entry.setUserId(records.containsKey("uid") ? 0 : node.uid());
    entry.setGroupId(records.containsKey("gid") ? 0 : node.gid());
    entry.setSize(records.containsKey("size") ? 0 : node.size());
    entry.setLinkName(node.target());
    long seconds = node.modified().getEpochSecond();
    entry.setLastModifiedTime(
        FileTime.from(Instant.ofEpochSecond(Math.clamp(seconds, 0, TarConstants.MAXSIZE))));
    header(entry);
    contentBytes = 0;
  }

  /** Writes what remains in the buffer as content of the file that was begun last. */
  void content(ByteBuffer bytes) throws IOException {
    contentBytes += bytes.remaining();
    out.write(bytes);
  }

  /** Ends the content of a file. */
  void pad() throws IOException {
    int over = (int) (contentBytes % BLOCK_BYTES);
    if (over > 0) {
      out.write(ByteBuffer.allocate(BLOCK_BYTES - over));
    }
  }

  /** Ends the tar. */
  void end() throws IOException {
    out.write(ByteBuffer.allocate(2 * BLOCK_BYTES));
  }

  /** What the ustar header cannot say. */
  private static SortedMap<String, byte[]> records(Node node, String name) {
    var records = new TreeMap<String, byte[]>();
    if (isBeyond(name)) {
      records.put("path", name.getBytes(StandardCharsets.UTF_8));
    }
    if (isBeyond(node.target())) {
      records.put("linkpath", node.target().getBytes(StandardCharsets.UTF_8));
    }
    putNumber(records, "uid", node.uid(), TarConstants.MAXID);
    putNumber(records, "gid", node.gid(), TarConstants.MAXID);
    putNumber(records, "size", node.size(), TarConstants.MAXSIZE);
    BigDecimal modified = decimal(node.modified());
    if (modified.signum() < 0
        || modified.scale() > 0
        || modified.compareTo(BigDecimal.valueOf(TarConstants.MAXSIZE)) > 0) {
      put(records, "mtime", modified.toPlainString());
    }
    return records;
  }

  /** In seconds, with as many places as it takes. */
  private static BigDecimal decimal(Instant time) {
    return BigDecimal.valueOf(time.getEpochSecond())
        .add(BigDecimal.valueOf(time.getNano(), 9))
        .stripTrailingZeros();
  }

  private static boolean isBeyond(String name) {
    return !Names.isAscii(name) || name.length() > TarConstants.NAMELEN;
  }

  private static void putNumber(Map<String, byte[]> records, String key, long value, long limit) {
    if (value > limit) {
      put(records, key, Long.toString(value));
    }
  }

  private static void put(Map<String, byte[]> records, String key, String value) {
    records.put(key, value.getBytes(StandardCharsets.US_ASCII));
  }

  private void pax(String name, SortedMap<String, byte[]> records) throws IOException {
    var bytes = new ByteArrayOutputStream();
    records.forEach((key, value) -> record(key.getBytes(StandardCharsets.UTF_8), value, bytes));
    String plain = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    var entry = new TarArchiveEntry("PaxHeaders/" + plain, TarConstants.LF_PAX_EXTENDED_HEADER_LC);
    entry.setMode(0644);
    entry.setUserId(0);
    entry.setGroupId(0);
    entry.setSize(bytes.size());
    entry.setLastModifiedTime(FileTime.from(Instant.EPOCH));
    header(entry);
    contentBytes = 0;
    content(ByteBuffer.wrap(bytes.toByteArray()));
    pad();
  }

  /** {@code LENGTH KEY=VALUE\n}, where the length counts its own digits. */
  private static void record(byte[] key, byte[] value, ByteArrayOutputStream to) {
    int rest = key.length + value.length + 3;
    int length = rest + 1;
    while (Integer.toString(length).length() + rest > length) {
      length++;
    }
    to.writeBytes(Integer.toString(length).getBytes(StandardCharsets.US_ASCII));
    to.write(' ');
    to.writeBytes(key);
    to.write('=');
    to.writeBytes(value);
    to.write('\n');
  }

  private void header(TarArchiveEntry entry) throws IOException {
    entry.setUserName("");
    entry.setGroupName("");
    byte[] block = new byte[BLOCK_BYTES];
    entry.writeEntryHeader(block, UTF_8, false);
    out.write(ByteBuffer.wrap(block));
  }
}
