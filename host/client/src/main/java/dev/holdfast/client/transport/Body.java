package dev.holdfast.client.transport;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/**
 * What a request carries. Read once, and not closed.
 *
 * @param length how many bytes will be read
 */
public record Body(InputStream bytes, long length) {
  public static Body of(byte[] bytes) {
    return new Body(new ByteArrayInputStream(bytes), bytes.length);
  }
}
