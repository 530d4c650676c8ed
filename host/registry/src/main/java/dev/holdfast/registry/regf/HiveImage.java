package dev.holdfast.registry.regf;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** All bytes of a hive file that was made and is to be written. Immutable. */
public final class HiveImage {
  private final byte[] bytes;
  private final int size;
  private final int minorVersion;

  HiveImage(byte[] ownedBytes, int size, int minorVersion) {
    this.bytes = ownedBytes;
    this.size = size;
    this.minorVersion = minorVersion;
  }

  public int sizeBytes() {
    return size;
  }

  /** 3 for 1.3, 5 for 1.5. */
  public int minorVersion() {
    return minorVersion;
  }

  /** The bytes, read-only, without a copy. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes, 0, size).asReadOnlyBuffer();
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return Arrays.copyOf(bytes, size);
  }
}
