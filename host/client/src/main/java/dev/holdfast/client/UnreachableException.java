package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * No service took the request, or it cannot answer now; of what only reads, also that no answer
 * came. Nothing was done: it is safe to ask again.
 */
public final class UnreachableException extends RegistryException {
  UnreachableException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
