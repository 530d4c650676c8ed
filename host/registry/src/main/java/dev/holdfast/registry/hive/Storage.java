package dev.holdfast.registry.hive;

import java.io.IOException;
import java.util.List;

/**
 * All that a hive needs of a file system: one directory. Small, so that a test can stand in for it
 * and cut the stream at every write and every sync.
 */
public interface Storage {
  boolean exists(String name) throws IOException;

  /** Names of all there is, in no order. */
  List<String> names() throws IOException;

  /** Opens an existing file for reading and writing. */
  StorageFile open(String name) throws IOException;

  /** Creates an empty file, in place of one of that name if there is one. */
  StorageFile create(String name) throws IOException;

  /** Gives a file another name, in one step, in place of the one that had it. */
  void rename(String from, String to) throws IOException;

  void delete(String name) throws IOException;

  /** Returns when creations, renamings and deletions before it are on the disk. */
  void syncDirectory() throws IOException;

  /** How this name is called in a message. */
  String describe(String name);
}
