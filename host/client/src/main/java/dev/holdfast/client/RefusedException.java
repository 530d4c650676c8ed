package dev.holdfast.client;

/**
 * The service refuses a request that it cannot make sense of ({@code BadPath}, {@code
 * BodyTooLarge}, {@code BadHive}, …), or it tried and failed ({@code NotCommitted}). Nothing was
 * done.
 */
public final class RefusedException extends RegistryException {
  RefusedException(String code, String message) {
    super(code, message, null);
  }
}
