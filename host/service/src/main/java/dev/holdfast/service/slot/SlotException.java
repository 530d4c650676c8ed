package dev.holdfast.service.slot;

import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;

/** A slot's process could not be started or stopped. */
public final class SlotException extends Exception {
  private static final long serialVersionUID = 1;

  private final String code;
  private final Responsibility responsibility;
  private final Retry retry;

  SlotException(String code, Responsibility responsibility, Retry retry, String message) {
    super(message);
    this.code = code;
    this.responsibility = responsibility;
    this.retry = retry;
  }

  public String code() {
    return code;
  }

  public Responsibility responsibility() {
    return responsibility;
  }

  public Retry retry() {
    return retry;
  }
}
