package dev.holdfast.plugins.ocf;

/** What an agent said of itself cannot be used; the message says why. */
final class MetaDataException extends Exception {
  private static final long serialVersionUID = 1;

  MetaDataException(String message) {
    super(message);
  }
}
