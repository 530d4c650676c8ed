package dev.holdfast.registry.handle;

/** Which connection to the registry; whoever accepts connections numbers them. */
public record ConnectionId(long number) {
  @Override
  public String toString() {
    return Long.toString(number);
  }
}
