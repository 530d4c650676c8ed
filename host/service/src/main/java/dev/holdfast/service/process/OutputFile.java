package dev.holdfast.service.process;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/**
 * An output file, and its predecessor beside it ({@code .1}). When the file is over its limit its
 * last bytes are copied to the predecessor and it is cut to nothing. Its writers append, so they go
 * on at the new end. What they write between the copy's last byte and the cut is lost, some
 * microseconds' worth; on disk there are at most two times the limit, and what is written within
 * one sweep.
 */
final class OutputFile implements BoundedOutput {
  /** The least limit: below, more would be cutting than writing. */
  static final long LIMIT_BYTES_MIN = 4096;

  private static final int COPY_BYTES = 64 * 1024;

  private final Path file;
  private final Path predecessor;
  private final long limitBytes;
  private final Runnable onClose;

  /** All that was cut off, and what a predecessor had at the beginning; guarded by this. */
  private long cutBytes;

  OutputFile(Path file, long limitBytes, Runnable onClose) {
    if (limitBytes < LIMIT_BYTES_MIN) {
      throw new IllegalArgumentException(
          "An output file is bounded to %d bytes or more, not to %d"
              .formatted(LIMIT_BYTES_MIN, limitBytes));
    }
    this.file = file;
    this.predecessor = file.resolveSibling(file.getFileName() + ".1");
    this.limitBytes = limitBytes;
    this.onClose = onClose;
    this.cutBytes = sizeOrNothing(predecessor);
  }

  /** Cuts the file when it is over its limit; answers whether it was. */
  synchronized boolean trim() throws IOException {
    if (!Files.exists(file) || Files.size(file) <= limitBytes) {
      return false;
    }
    try (FileChannel from = FileChannel.open(file, READ, WRITE)) {
      long size = from.size();
      long position = Math.max(0, size - limitBytes);
      try (FileChannel to = openPredecessor()) {
        while (position < size) {
          position += from.transferTo(position, Math.min(COPY_BYTES, size - position), to);
          // What came meanwhile is taken along; the predecessor may grow over the limit by that.
          size = from.size();
        }
      }
      from.truncate(0);
      cutBytes += position;
    }
    return true;
  }

  private FileChannel openPredecessor() throws IOException {
    FileChannel channel = FileChannel.open(predecessor, CREATE, WRITE, TRUNCATE_EXISTING);
    Files.setPosixFilePermissions(predecessor, PosixFilePermissions.fromString("rw-------"));
    return channel;
  }

  @Override
  public synchronized Piece tail(int limitBytes) throws IOException {
    long end = cutBytes + size(file);
    Piece piece = read(Math.max(0, end - limitBytes), limitBytes);
    byte[] bytes = piece.bytes();
    boolean begins = piece.from() == firstOffset();
    int start = begins ? 0 : firstLine(bytes);
    return new Piece(Arrays.copyOfRange(bytes, start, bytes.length), piece.from() + start);
  }

  /** Behind the first line end; the whole when there is none. */
  private static int firstLine(byte[] bytes) {
    for (int i = 0; i < bytes.length - 1; i++) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    return 0;
  }

  @Override
  public synchronized Piece read(long offset, int limitBytes) throws IOException {
    long from = Math.clamp(offset, firstOffset(), cutBytes + size(file));
    boolean old = from < cutBytes;
    long position = old ? from - (cutBytes - size(predecessor)) : from - cutBytes;
    byte[] first = bytes(old ? predecessor : file, position, limitBytes);
    if (!old || first.length == limitBytes) {
      return new Piece(first, from);
    }
    byte[] second = bytes(file, 0, limitBytes - first.length);
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return new Piece(both, from);
  }

  private long firstOffset() throws IOException {
    return Math.max(0, cutBytes - size(predecessor));
  }

  private static long sizeOrNothing(Path file) {
    try {
      return size(file);
    } catch (IOException e) {
      return 0; // It is only a place to count from; reading it will say what is wrong.
    }
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  private static byte[] bytes(Path file, long position, int limitBytes) throws IOException {
    if (!Files.exists(file)) {
      return new byte[0];
    }
    try (FileChannel channel = FileChannel.open(file, READ)) {
      long length = Math.clamp(channel.size() - position, 0, limitBytes);
      ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(length));
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, position + buffer.position()) < 0) {
          break;
        }
      }
      return Arrays.copyOf(buffer.array(), buffer.position());
    }
  }

  @Override
  public void close() {
    onClose.run();
  }
}
