package dev.holdfast.registry;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * A self-relative security descriptor as a hive file keeps it: bytes, not looked into; what they
 * say is for {@link dev.holdfast.registry.security.SecurityDescriptor}. Immutable; two are equal
 * when their bytes are, and then they are mostly one object: a million keys with the same
 * descriptor do not hold a million copies.
 */
public final class DescriptorBytes {
  /** The header alone: revision, control and four offsets. */
  public static final int BYTES_MIN = 20;

  /** All that are in use, each once. */
  private static final Map<DescriptorBytes, WeakReference<DescriptorBytes>> SHARED =
      new WeakHashMap<>();

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

  /** As {@link #of(byte[])}, for a part of an array. */
  public static DescriptorBytes of(byte[] source, int from, int length) {
    if (length < BYTES_MIN || length > Limits.DESCRIPTOR_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a self-relative security descriptor has %,d to %,d bytes (DESCRIPTOR_BYTES_MAX), found %,d"
              .formatted(BYTES_MIN, Limits.DESCRIPTOR_BYTES_MAX, length));
    }
    return shared(new DescriptorBytes(Arrays.copyOfRange(source, from, from + length)));
  }

  private static DescriptorBytes shared(DescriptorBytes descriptor) {
    synchronized (SHARED) {
      WeakReference<DescriptorBytes> reference = SHARED.get(descriptor);
      DescriptorBytes known = reference == null ? null : reference.get();
      if (known != null) {
        return known;
      }
      SHARED.put(descriptor, new WeakReference<>(descriptor));
      return descriptor;
    }
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  public int sizeBytes() {
    return bytes.length;
  }

  /** Writes the bytes into the array, from that place on. */
  public void copyTo(byte[] target, int at) {
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
