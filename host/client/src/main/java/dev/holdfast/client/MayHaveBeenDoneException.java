package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * A change was sent, and it is not known what became of it: no answer came in time, or the
 * connection broke first. It may have been made, or be made yet. Read, to see; or send it again
 * where its preconditions keep it from being made twice.
 */
public final class MayHaveBeenDoneException extends RegistryException {
  MayHaveBeenDoneException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
