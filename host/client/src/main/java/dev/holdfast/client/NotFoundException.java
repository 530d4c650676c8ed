package dev.holdfast.client;

/** There is no such key, handle or principal. Nothing was done. */
public final class NotFoundException extends RegistryException {
  NotFoundException(String code, String message) {
    super(code, message, null);
  }
}
