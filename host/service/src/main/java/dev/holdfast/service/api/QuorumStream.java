package dev.holdfast.service.api;

import java.io.IOException;
import java.io.OutputStream;

/** A backup that is being taken; what it is of is kept until it is closed. For one thread. */
public interface QuorumStream extends AutoCloseable {
  /** How much will be written, exactly. */
  long sizeBytes();

  /** Of the cluster database. */
  long revision();

  /** Writes it; an exception means that what was written is no backup. */
  void writeTo(OutputStream out) throws IOException;

  @Override
  void close() throws IOException;
}
