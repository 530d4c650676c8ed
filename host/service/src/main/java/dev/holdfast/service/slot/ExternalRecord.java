package dev.holdfast.service.slot;

import dev.holdfast.spi.ExternalSlot;

/**
 * What is written down about something that a resource has elsewhere.
 *
 * @param kind what kind of thing
 * @param key what the remote system knows it by
 * @param nonce what it is created or attached with; the same until the record is removed
 * @param firstEpoch the epoch under which the nonce was made
 * @param epoch the epoch under which it was written last; at least the first
 * @param node the node that wrote it last
 */
public record ExternalRecord(
    String kind, String key, String nonce, long firstEpoch, long epoch, String node) {

  /** The same, by a later life. */
  ExternalRecord by(long newEpoch, String newNode) {
    return new ExternalRecord(kind, key, nonce, firstEpoch, newEpoch, newNode);
  }

  /** Whether it is about the same thing. */
  boolean isOf(String otherKind, String otherKey) {
    return kind.equals(otherKind) && key.equals(otherKey);
  }

  /**
   * Whether a life of the resource that had this epoch can have asked for the thing under this
   * record. It may be newer than what is written down, in a cluster database that was restored.
   */
  boolean isOfEpoch(long asked) {
    return firstEpoch <= asked;
  }

  /** As a plugin sees it. */
  public ExternalSlot slot(String name) {
    return new ExternalSlot(name, kind, key, nonce, epoch, node);
  }

  /** For people: {@code lease-volume data-1 (epoch 8 of node alpha)}. */
  public String label() {
    return "%s %s (epoch %d of node %s)".formatted(kind, key, epoch, node);
  }
}
