package dev.holdfast.registry.regtext;

import java.io.IOException;

/** A file is not registry text; nothing of it was used. */
public final class RegTextException extends IOException {
  RegTextException(String file, String found) {
    super("registry text not read: %s: %s; nothing of it is used".formatted(file, found));
  }
}
