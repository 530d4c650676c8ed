package dev.holdfast.http;

import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Feed;
import dev.holdfast.service.api.Narration;
import dev.holdfast.service.api.Operation;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Answers that go on: one JSON object a line, and an empty line now and then, by which a reader
 * knows that we live, and we learn that a reader is gone. Each stream holds a virtual thread.
 * Thread-safe.
 */
final class Streams {
  static final String MEDIA_TYPE = "application/x-ndjson";

  /** Streams at one time; each can hold a reader's worth of buffers. */
  static final int MAX_STREAMS = 128;

  /** Shorter than the connectors' idle timeout. */
  static final Duration BEAT = Duration.ofSeconds(5);

  /** For streams whose reader's leaving is to be noticed at once. */
  static final Duration QUICK_BEAT = Duration.ofSeconds(1);

  /** How soon a stream notices that the server closes. */
  private static final Duration LOOK = Duration.ofMillis(250);

  private final Semaphore free = new Semaphore(MAX_STREAMS);
  private final BooleanSupplier closing;

  Streams(BooleanSupplier closing) {
    this.closing = closing;
  }

  /** Writes what the feed gives until it ends, the reader goes, or the server closes. */
  <T> void follow(Context context, Feed<T> feed) throws IOException, InterruptedException {
    follow(context, feed, Json::write, BEAT);
  }

  /**
   * The same.
   *
   * @param json makes a line of a thing
   * @param beat how often an empty line is written when there is nothing else
   */
  <T> void follow(Context context, Feed<T> feed, Function<T, byte[]> json, Duration beat)
      throws IOException, InterruptedException {
    try (feed) {
      stream(
          context,
          out -> {
            long beatAt = System.nanoTime() + beat.toNanos();
            while (!closing.getAsBoolean()) {
              Optional<T> next = feed.next(LOOK);
              if (next.isPresent()) {
                line(out, json.apply(next.get()));
              } else if (feed.ended()) {
                return;
              } else if (System.nanoTime() - beatAt >= 0) {
                beat(out);
                beatAt = System.nanoTime() + beat.toNanos();
              }
            }
          });
    }
  }

  /** Writes the operation, what it says, and the operation again when it has ended. */
  void narrate(Context context, Operation operation) throws IOException, InterruptedException {
    stream(
        context,
        out -> {
          line(out, new OperationView.StreamItem(OperationView.accepted(operation), null));
          int seen = 0;
          while (true) {
            boolean ended = operation.outcome().isPresent();
            List<Narration> lines = operation.awaitLines(seen, ended ? Duration.ZERO : BEAT);
            for (Narration said : lines) {
              line(out, new OperationView.StreamItem(null, said));
            }
            seen += lines.size();
            if (ended && lines.isEmpty()) {
              StepPoint.HTTP_ANSWER.before();
              line(out, new OperationView.StreamItem(OperationView.of(operation), null));
              StepPoint.HTTP_ANSWER.after();
              return;
            }
            if (lines.isEmpty()) {
              beat(out);
            }
          }
        });
  }

  private void stream(Context context, Writer writer) throws IOException, InterruptedException {
    if (!free.tryAcquire()) {
      throw new ApiException.Unreachable(
          "TooManyStreams",
          "There are " + MAX_STREAMS + " streams already; end one of them, or ask again later.");
    }
    try {
      context.contentType(MEDIA_TYPE);
      context.header("Cache-Control", "no-store");
      // Not Javalin's own stream, which keeps everything to the end.
      OutputStream out = context.res().getOutputStream();
      beat(out); // so that the headers go out
      writer.write(out);
    } finally {
      free.release();
    }
  }

  private static void line(OutputStream out, Object value) throws IOException {
    line(out, Json.write(value));
  }

  private static void line(OutputStream out, byte[] json) throws IOException {
    out.write(json);
    out.write('\n');
    out.flush();
  }

  private static void beat(OutputStream out) throws IOException {
    out.write('\n');
    out.flush();
  }

  @FunctionalInterface
  private interface Writer {
    void write(OutputStream out) throws IOException, InterruptedException;
  }
}
