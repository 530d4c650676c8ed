package dev.holdfast.client;

import dev.holdfast.client.WatchEnd.Reason;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A key being watched, over a connection and by a daemon thread of its own; no more than one change
 * is in memory at a time. It does not connect again by itself: {@link WatchListener#ended} says
 * where to go on. Thread-safe.
 */
public final class Watch implements AutoCloseable {
  private final Stream stream;
  private final WatchListener listener;
  private final Consumer<Watch> whenEnded;
  private final Thread thread;
  private final long resumedRevision;

  /** Of the revision at which it began: told before, and not again. */
  private int toSkip;

  private volatile @Nullable WatchPosition position;

  Watch(Stream stream, WatchSpec spec, WatchListener listener, Consumer<Watch> whenEnded) {
    this.stream = stream;
    this.listener = listener;
    this.whenEnded = whenEnded;
    WatchPosition after = spec.after().orElse(null);
    this.position = after;
    this.resumedRevision = after == null ? 0 : after.revision();
    this.toSkip = after == null ? 0 : after.told();
    this.thread = new Thread(this::run, "holdfast-watch " + spec.path());
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** How far it has told. */
  public Optional<WatchPosition> position() {
    return Optional.ofNullable(position);
  }

  /**
   * Ends it; does not wait for a call of the listener that is under way. {@link
   * WatchListener#ended} comes behind that.
   */
  @Override
  public void close() {
    stream.close();
  }

  private void run() {
    Reason reason = Reason.LISTENER_FAILED;
    String message = "The listener failed.";
    try {
      reason = tellAll();
      message = "The cluster service ended the watch.";
    } catch (IOException broken) {
      reason = Reason.CONNECTION_LOST;
      message = "The cluster service was lost: " + broken.getMessage();
    } catch (RuntimeException failed) {
      message = "The listener failed: " + failed;
    } finally {
      boolean closed = stream.isClosed();
      stream.close();
      whenEnded.accept(this);
      listener.ended(
          closed && reason != Reason.LISTENER_FAILED
              ? new WatchEnd(Reason.CLOSED, position(), "The watch was closed.")
              : new WatchEnd(reason, position(), message));
    }
  }

  private Reason tellAll() throws IOException {
    for (JsonNode next = stream.next(); next != null; next = stream.next()) {
      KeyChange change = Documents.one(next, Documents::change);
      if (stream.isClosed()) {
        break;
      }
      if (!wasTold(change)) {
        listener.changed(change);
        WatchPosition before = position;
        position =
            before == null
                ? WatchPosition.after(0).afterTelling(change)
                : before.afterTelling(change);
      }
    }
    return Reason.SERVICE_ENDED;
  }

  private boolean wasTold(KeyChange change) {
    if (toSkip == 0 || change.revision() != resumedRevision || change.kind() == ChangeKind.MISSED) {
      return false;
    }
    toSkip--;
    return true;
  }
}
