package dev.holdfast.client;

/**
 * The key's security descriptor, or a handle, does not give the caller what this takes; or it is
 * not for applications at all. Nothing was done.
 */
public final class DeniedException extends RegistryException {
  DeniedException(String code, String message) {
    super(code, message, null);
  }
}
