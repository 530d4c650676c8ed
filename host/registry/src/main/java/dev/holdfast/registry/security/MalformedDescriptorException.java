package dev.holdfast.registry.security;

import java.io.IOException;

/**
 * Bytes that are no self-relative security descriptor; says at which offset, and in which field.
 */
public final class MalformedDescriptorException extends IOException {
  private final int offset;
  private final String field;

  MalformedDescriptorException(int offset, String field, String found) {
    super("not a security descriptor: at offset %,d, %s: %s".formatted(offset, field, found));
    this.offset = offset;
    this.field = field;
  }

  /** In bytes from the start of the descriptor. */
  public int offset() {
    return offset;
  }

  /** The field that is wrong, like {@code size of ACE 3 of the DACL}. */
  public String field() {
    return field;
  }
}
