package dev.holdfast.checkpoint.file;

import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * A saved tree, without what is excluded by now.
 *
 * @param nodes the root first, with an empty name
 * @param fingerprint that a tree has which is the same
 */
record Saved(Path tar, List<Node> nodes, String fingerprint) {
  private static final int BUFFER_BYTES = 1 << 16;

  /**
   * Reads a tar through, and makes sure that it can be unpacked.
   *
   * @param fileName what the root is called in a tar if it is a file
   * @throws SourceException {@link Obstacle#CORRUPT} if it is none of ours
   */
  static Saved read(Path tar, String fileName, Excludes excludes) throws SourceException {
    var nodes = new ArrayList<Node>();
    try (Spool spool = Spool.ofNothing()) {
      var writer = new TarWriter(spool);
      byte[] buffer = new byte[BUFFER_BYTES];
      visit(
          tar,
          excludes,
          (node, attributes, content) -> {
            nodes.add(node);
            boolean file = nodes.size() == 1 && node.kind() == Kind.FILE;
            writer.begin(file ? node.withName(fileName) : node, attributes);
            for (int count; (count = content.read(buffer)) > 0; ) {
              writer.content(ByteBuffer.wrap(buffer, 0, count));
            }
            writer.pad();
          });
      writer.end();
      return new Saved(tar, List.copyOf(nodes), spool.fingerprint());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Shows all files to a visitor that are not excluded; the content is empty for all but files. */
  static void visit(Path tar, Excludes excludes, Visitor visitor) throws IOException {
    try (TarReader reader = TarReader.open(tar)) {
      boolean first = true;
      for (Node read = reader.next(); read != null; read = reader.next()) {
        Node node = excludes.content(first ? read.withName("") : read);
        first = false;
        if (!excludes.cover(node.name())) {
          boolean file = node.kind() == Kind.FILE;
          visitor.see(
              node, reader.attributes(), file ? reader.content() : InputStream.nullInputStream());
        }
      }
    }
  }

  /** The blob is a file of the service's own: whatever is wrong with it is no fault of the tree. */
  static SourceException unreadable(IOException failure) {
    return new SourceException(
        Obstacle.CORRUPT,
        "what was saved cannot be read back: " + failure.getMessage(),
        List.of(),
        failure);
  }

  Node root() {
    return nodes.getFirst();
  }

  /** Is shown a saved file. */
  @FunctionalInterface
  interface Visitor {
    void see(Node node, SortedMap<String, byte[]> attributes, InputStream content)
        throws IOException;
  }
}
