package dev.holdfast.service.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.common.base.Splitter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's list of one thread's children, which stays open: it is read at the end of each
 * command, and to open it costs more than to read it. Thread-safe.
 */
final class ChildrenFile implements AutoCloseable {
  private static final int USUAL_BYTES = 4096;

  private final Path path;
  private byte[] buffer = new byte[USUAL_BYTES];
  private @Nullable RandomAccessFile file;

  ChildrenFile(Path path) {
    this.path = path;
  }

  /** The pids on a list as the kernel writes it. */
  static List<Integer> pids(byte[] content) {
    return Splitter.on(' ')
        .trimResults()
        .omitEmptyStrings()
        .splitToStream(new String(content, ISO_8859_1))
        .map(Integer::valueOf)
        .toList();
  }

  /** The children there are now; none where the kernel makes no such list. */
  synchronized List<Integer> read() {
    try {
      RandomAccessFile open = file == null ? new RandomAccessFile(path.toFile(), "r") : file;
      file = open;
      open.seek(0);
      int length = 0;
      for (int read = 0; read >= 0; read = open.read(buffer, length, buffer.length - length)) {
        length += read;
        if (length == buffer.length) {
          buffer = Arrays.copyOf(buffer, 2 * length);
        }
      }
      return length == 0 ? List.of() : pids(Arrays.copyOf(buffer, length));
    } catch (FileNotFoundException e) {
      if (path.toFile().exists()) {
        throw unreadable(e); // Too many open files, which is no answer.
      }
      return List.of();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private UncheckedIOException unreadable(IOException cause) {
    return new UncheckedIOException("The children in " + path + " cannot be listed", cause);
  }

  /** What is read after this opens the list again. */
  @Override
  public synchronized void close() throws IOException {
    RandomAccessFile open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }
}
