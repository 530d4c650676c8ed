package dev.holdfast.registry.regf;

import java.util.Arrays;

/**
 * A self-relative security descriptor as a hive file keeps it: bytes, not looked into; what they
 * say is for {@link dev.holdfast.registry.security.SecurityDescriptor}. Immutable; two are equal
 * when their bytes are.
 */
public final class DescriptorBytes {
  /** The header alone: revision, control and four offsets. */
  static final int BYTES_MIN = 20;

  /** Two SIDs and two ACLs, whose sizes are 16-bit numbers, do not need more. */
  static final int BYTES_MAX = 1 << 18;

  private final byte[] bytes;
  private final int hash;

  private DescriptorBytes(byte[] ownedBytes) {
    this.bytes = ownedBytes;
    this.hash = Arrays.hashCode(ownedBytes);
  }

  /**
   * The descriptor with these bytes, which are copied.
   *
   * @throws IllegalArgumentException if they are too few for a header, or more than any descriptor
   *     needs
   */
  public static DescriptorBytes of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  static DescriptorBytes of(byte[] source, int from, int length) {
    if (length < BYTES_MIN || length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "a self-relative security descriptor has %,d to %,d bytes, found %,d"
              .formatted(BYTES_MIN, BYTES_MAX, length));
    }
    return new DescriptorBytes(Arrays.copyOfRange(source, from, from + length));
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  public int sizeBytes() {
    return bytes.length;
  }

  void copyTo(byte[] target, int at) {
    System.arraycopy(bytes, 0, target, at, bytes.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DescriptorBytes descriptor
        && hash == descriptor.hash
        && Arrays.equals(bytes, descriptor.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return "security descriptor (%,d bytes)".formatted(bytes.length);
  }
}
