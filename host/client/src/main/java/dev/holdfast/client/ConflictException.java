package dev.holdfast.client;

/**
 * It cannot be done as things are: others hold the key ({@code KeyHeld}), the key of a handle was
 * deleted ({@code KeyDeleted}), a key that is to be deleted has subkeys ({@code BatchRefused}) and
 * so on. Nothing was done.
 */
public sealed class ConflictException extends RegistryException
    permits PreconditionFailedException {
  ConflictException(String code, String message) {
    super(code, message, null);
  }
}
