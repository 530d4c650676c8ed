package dev.holdfast.protocol;

/** A message does not fit a frame. It was not sent; the link goes on. */
public final class FrameTooLargeException extends IllegalArgumentException {
  FrameTooLargeException(String kind, int sizeBytes) {
    super(
        "A frame of type %s has %,d bytes; the limit is %,d. It was not sent."
            .formatted(kind, sizeBytes, Link.FRAME_LIMIT_BYTES));
  }
}
