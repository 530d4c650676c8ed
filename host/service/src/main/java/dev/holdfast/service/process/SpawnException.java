package dev.holdfast.service.process;

import java.io.IOException;

/** A process could not be started. The message names the command, the directory and the reason. */
public final class SpawnException extends IOException {
  private static final long serialVersionUID = 1;

  /** What stood in the way, for a decision about trying again. */
  public enum Reason {
    /** There is no such command; another attempt finds none either. */
    COMMAND_NOT_FOUND,
    /** The command is there, and may not be executed. */
    NOT_EXECUTABLE,
    /** The working directory is missing, is none, or is closed to us. */
    DIRECTORY,
    /** The file for its output cannot be opened. */
    OUTPUT,
    /** There is no such user, or we may not become that user. */
    USER,
    /** The start did not come back within its limit (a hung file system); it was given up. */
    HUNG,
    /** Too many starts are waiting; try again later. */
    BUSY,
    /** These processes were closed. */
    CLOSED,
    /** The system had no room, or another cause, named in the message. */
    SYSTEM
  }

  private final Reason reason;

  SpawnException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** What stood in the way. */
  public Reason reason() {
    return reason;
  }
}
