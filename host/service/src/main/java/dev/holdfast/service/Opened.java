package dev.holdfast.service;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was opened, and is closed in the reverse order. Of one thread at a time. */
final class Opened implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Opened.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  /** What is to be done when all that is opened later is closed. */
  void last(AutoCloseable action) {
    parts.push(action);
  }

  /** Goes on when a part cannot be closed cleanly: the others are to be closed all the same. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        LOG.warn("Something was not closed cleanly: {}", e.getMessage());
      }
    }
  }
}
