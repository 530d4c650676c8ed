package dev.holdfast.service.node;

import java.io.IOException;

/** Applications of this cluster are run by another cluster service; nothing was touched. */
public final class RunsElsewhereException extends IOException {
  public RunsElsewhereException(String message) {
    super(message);
  }
}
