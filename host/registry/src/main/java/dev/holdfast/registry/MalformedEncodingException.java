package dev.holdfast.registry;

import java.io.IOException;

/** Bytes that are not what {@link BatchCodec} or {@link TreeCodec} writes; says where and what. */
public final class MalformedEncodingException extends IOException {
  public MalformedEncodingException(String message) {
    super(message);
  }
}
