package dev.holdfast.registry.regf;

/** Which version of the format to write, by the names that RegSaveKeyEx gives them. */
public enum HiveFormat {
  /**
   * Version 1.3, which every Windows from NT 4 on reads and RegSaveKey writes. Where a value has
   * more than 1 MiB, which it cannot hold, {@link #LATEST} is written instead.
   */
  STANDARD(3),

  /** Version 1.5, for Windows XP and later. */
  LATEST(5);

  private final int minorVersion;

  HiveFormat(int minorVersion) {
    this.minorVersion = minorVersion;
  }

  int minorVersion() {
    return minorVersion;
  }
}
