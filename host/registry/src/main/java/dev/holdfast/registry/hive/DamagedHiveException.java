package dev.holdfast.registry.hive;

import java.io.IOException;

/**
 * A hive's file is not what was written, in a place that cannot be a write cut short. Nothing of it
 * is served. What to do: restore the file from a copy, or ask whoever owns the disk.
 */
public final class DamagedHiveException extends IOException {
  private final String file;
  private final long offset;

  DamagedHiveException(String file, long offset, String what) {
    super(
        "hive not opened: %s is damaged at offset %,d: %s; restore it from a copy"
            .formatted(file, offset, what));
    this.file = file;
    this.offset = offset;
  }

  public String file() {
    return file;
  }

  /** Where the bad part begins, in bytes from the start of the file. */
  public long offset() {
    return offset;
  }
}
