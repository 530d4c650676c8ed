package dev.holdfast.registry.hive;

import java.io.IOException;

/**
 * A hive's file is not what was written, in a place that cannot be a write cut short. Nothing of it
 * is served. What to do: restore the file from a copy, or ask whoever owns the disk.
 */
public final class DamagedHiveException extends IOException {
  private final String file;
  private final HivePart part;
  private final long offset;
  private final String what;

  DamagedHiveException(String file, HivePart part, long offset, String what) {
    super(
        "hive not opened: %s is damaged at offset %d (%s): %s; restore it from a copy"
            .formatted(file, offset, part, what));
    this.file = file;
    this.part = part;
    this.offset = offset;
    this.what = what;
  }

  public String file() {
    return file;
  }

  public HivePart part() {
    return part;
  }

  /** Where the bad part begins, in bytes from the start of the file. */
  public long offset() {
    return offset;
  }

  /** What is wrong there: a part of a sentence. */
  public String what() {
    return what;
  }
}
