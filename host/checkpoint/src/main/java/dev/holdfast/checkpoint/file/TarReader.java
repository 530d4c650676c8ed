package dev.holdfast.checkpoint.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar of a tree, file by file, and believes nothing of it. Names are relative and have no
 * {@code ..}; they come in the order of their bytes, so that none comes twice; and each comes after
 * the directory that it is in, so that none is below a link or a file.
 */
final class TarReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final TarArchiveInputStream tar;
  private final Set<String> directories = new HashSet<>();
  private @Nullable String last;
  private boolean alone;
  private SortedMap<String, byte[]> attributes = new TreeMap<>();

  private TarReader(TarArchiveInputStream tar) {
    this.tar = tar;
  }

  static TarReader open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    return new TarReader(new TarArchiveInputStream(in, "UTF-8"));
  }

  /**
   * The next file; null when there is none. Its root is first, and has an empty name if it is a
   * directory, else its own.
   *
   * @throws MalformedTarException it is none that we wrote
   */
  @Nullable Node next() throws IOException {
    try {
      TarArchiveEntry entry = tar.getNextEntry();
      if (entry == null) {
        if (last == null) {
          throw new MalformedTarException("there is nothing in it");
        }
        return null;
      }
      return node(entry);
    } catch (RuntimeException e) {
      // The library throws these too for what it cannot read.
      throw new MalformedTarException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The content of the file that was read last. */
  InputStream content() {
    return tar;
  }

  /** The extended attributes of the file that was read last. */
  SortedMap<String, byte[]> attributes() {
    return attributes;
  }

  private Node node(TarArchiveEntry entry) throws MalformedTarException {
    String full = entry.getName();
    Kind kind = kind(entry, full);
    boolean root = last == null;
    String name =
        root && kind == Kind.DIRECTORY && full.equals(TarWriter.ROOT) ? "" : plain(full, kind);
    check(name, kind, full, root);
    if (kind == Kind.LINK && entry.getLinkName().isEmpty()) {
      throw new MalformedTarException("'" + full + "' links to nothing");
    }
    last = name;
    alone = alone || (root && kind == Kind.FILE);
    if (kind == Kind.DIRECTORY) {
      directories.add(name);
    }
    attributes = attributes(entry);
    return new Node(
        name,
        kind,
        kind == Kind.LINK ? Node.LINK_MODE : entry.getMode() & 07777,
        entry.getLongUserId(),
        entry.getLongGroupId(),
        kind == Kind.FILE ? entry.getSize() : 0,
        entry.getLastModifiedTime().toInstant(),
        kind == Kind.LINK ? entry.getLinkName() : "");
  }

  private static Kind kind(TarArchiveEntry entry, String full) throws MalformedTarException {
    if (entry.isSparse()) {
      throw new MalformedTarException("'" + full + "' has holes");
    }
    return switch (entry.getLinkFlag()) {
      case TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM -> Kind.FILE;
      case TarConstants.LF_DIR -> Kind.DIRECTORY;
      case TarConstants.LF_SYMLINK -> Kind.LINK;
      default -> throw new MalformedTarException("'" + full + "' is not a file, directory or link");
    };
  }

  private static String plain(String full, Kind kind) {
    return kind == Kind.DIRECTORY && full.endsWith("/")
        ? full.substring(0, full.length() - 1)
        : full;
  }

  private void check(String name, Kind kind, String full, boolean root)
      throws MalformedTarException {
    if (root && name.isEmpty()) {
      return;
    }
    if (!isClean(name)) {
      throw new MalformedTarException("the name '" + full + "' leads elsewhere");
    }
    if (alone || (root && kind != Kind.FILE)) {
      throw new MalformedTarException("it does not begin with its root");
    }
    if (last != null && Names.BYTE_ORDER.compare(last, name) >= 0) {
      throw new MalformedTarException("'" + full + "' is out of order");
    }
    if (root ? name.indexOf('/') >= 0 : !directories.contains(Names.parent(name))) {
      throw new MalformedTarException("'" + full + "' is in no directory of it");
    }
  }

  private static boolean isClean(String name) {
    if (name.indexOf('\0') >= 0) {
      return false;
    }
    for (String step : name.split("/", -1)) {
      if (step.isEmpty() || step.equals(".") || step.equals("..")) {
        return false;
      }
    }
    return true;
  }

  private static SortedMap<String, byte[]> attributes(TarArchiveEntry entry) {
    var attributes = new TreeMap<String, byte[]>();
    for (Map.Entry<String, String> record : entry.getExtraPaxHeaders().entrySet()) {
      PaxAttribute.read(record.getKey(), record.getValue())
          .ifPresent(attribute -> attributes.put(attribute.getKey(), attribute.getValue()));
    }
    return attributes;
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }
}
