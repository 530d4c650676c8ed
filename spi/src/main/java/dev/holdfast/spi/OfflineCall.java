package dev.holdfast.spi;

/** A call of {@link Resource#offline}. */
public interface OfflineCall extends Call {
  /** Why the resource is taken offline. */
  OfflineReason reason();
}
