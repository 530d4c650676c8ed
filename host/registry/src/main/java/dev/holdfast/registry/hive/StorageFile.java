package dev.holdfast.registry.hive;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file of a {@link Storage}. Reading may happen beside writing; writing is done by one thread at
 * a time. An interruption of the calling thread must neither cut a call short nor close the file.
 */
public interface StorageFile extends AutoCloseable {
  long size() throws IOException;

  /** Fills the buffer from that offset as far as the file goes; returns the count of bytes read. */
  int read(long offset, ByteBuffer target) throws IOException;

  /** Writes all of the buffer at that offset; after an exception any part may be written. */
  void write(long offset, ByteBuffer source) throws IOException;

  /** Returns when all that was written or cut before is on the disk, the file's size included. */
  void sync() throws IOException;

  /** Cuts the file to that size. */
  void truncate(long size) throws IOException;

  @Override
  void close() throws IOException;
}
