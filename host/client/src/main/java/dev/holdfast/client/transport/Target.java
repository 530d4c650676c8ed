package dev.holdfast.client.transport;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a request asks for: a path, each part of it encoded, and parameters. */
public final class Target {
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  private final StringBuilder text = new StringBuilder("/v1");
  private boolean hasQuery;

  private Target() {}

  public static Target of(String... path) {
    var target = new Target();
    for (String part : path) {
      target.text.append('/');
      target.encode(part);
    }
    return target;
  }

  /** Adds a parameter; nothing for null. */
  public Target with(String name, @Nullable Object value) {
    if (value != null) {
      text.append(hasQuery ? '&' : '?').append(name).append('=');
      encode(value.toString());
      hasQuery = true;
    }
    return this;
  }

  private void encode(String part) {
    for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && UNRESERVED.indexOf(b) >= 0) {
        text.append((char) b);
      } else {
        text.append('%');
        text.append(Character.toUpperCase(Character.forDigit(b >> 4 & 0xF, 16)));
        text.append(Character.toUpperCase(Character.forDigit(b & 0xF, 16)));
      }
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
