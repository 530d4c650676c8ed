package dev.holdfast.quorum;

import java.io.IOException;

/** A quorum directory is not one that this program can use; the message says what it found. */
public final class QuorumFormatException extends IOException {
  public QuorumFormatException(String message) {
    super(message);
  }
}
