package dev.holdfast.registry.handle;

/** Which handle; never given twice by one {@link HandleTable}. */
public record HandleId(long number) {
  @Override
  public String toString() {
    return Long.toString(number);
  }
}
