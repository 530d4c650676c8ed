package dev.holdfast.checkpoint.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The extended attributes of a file that are in the namespace {@code user}. Links have none. */
final class Attributes {
  private Attributes() {}

  /** Empty where the file system keeps none. */
  static SortedMap<String, byte[]> read(Path file) throws IOException {
    var attributes = new TreeMap<String, byte[]>();
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(
            file, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      return attributes;
    }
    for (String name : names(view)) {
      ByteBuffer value = ByteBuffer.allocate(view.size(name));
      view.read(name, value);
      attributes.put(name, value.array());
    }
    return attributes;
  }

  private static List<String> names(UserDefinedFileAttributeView view) throws IOException {
    try {
      return view.list();
    } catch (AccessDeniedException | NoSuchFileException e) {
      throw e;
    } catch (FileSystemException e) {
      return List.of(); // "Operation not supported"
    }
  }

  static void write(Path file, Map<String, byte[]> attributes) throws IOException {
    if (attributes.isEmpty()) {
      return;
    }
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(
            file, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    for (Map.Entry<String, byte[]> attribute : attributes.entrySet()) {
      view.write(attribute.getKey(), ByteBuffer.wrap(attribute.getValue()));
    }
  }
}
