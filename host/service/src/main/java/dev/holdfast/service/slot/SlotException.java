package dev.holdfast.service.slot;

import dev.holdfast.service.process.SpawnException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import org.jspecify.annotations.Nullable;

/** A process of a slot, or a command, could not be started or stopped. */
public final class SlotException extends Exception {
  private static final long serialVersionUID = 1;

  private final String code;
  private final Responsibility responsibility;
  private final Retry retry;

  public SlotException(String code, Responsibility responsibility, Retry retry, String message) {
    super(message);
    this.code = code;
    this.responsibility = responsibility;
    this.retry = retry;
  }

  /** Why a process was not started, as whoever asked is told; null when it is none of that. */
  public static @Nullable SlotException ofSpawn(Throwable thrown) {
    if (!(thrown instanceof SpawnException spawn)) {
      return null;
    }
    String message = String.valueOf(spawn.getMessage());
    return switch (spawn.reason()) {
      case COMMAND_NOT_FOUND, NOT_EXECUTABLE ->
          new SlotException("CommandNotFound", Responsibility.USER, Retry.OTHER_NODE, message);
      case DIRECTORY, USER ->
          new SlotException("LaunchRefused", Responsibility.USER, Retry.OTHER_NODE, message);
      case OUTPUT, HUNG, BUSY, CLOSED, SYSTEM ->
          new SlotException("SpawnFailed", Responsibility.ENVIRONMENT, Retry.HERE, message);
    };
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
