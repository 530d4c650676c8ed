package dev.holdfast.service.checkpoint;

import dev.holdfast.service.process.BoundedOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a tool writes, told line by line while it runs. For one thread. */
final class ToolOutput {
  /** How often what the tool has written is looked at. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  private static final int PIECE_BYTES = 64 << 10;
  private static final Logger LOG = LoggerFactory.getLogger(ToolOutput.class);

  private final String resource;
  private final BoundedOutput output;
  private final Lines lines;

  /**
   * @param tell hears each line
   */
  ToolOutput(String resource, BoundedOutput output, Consumer<String> tell) {
    this.resource = resource;
    this.output = output;
    this.lines = new Lines(tell);
  }

  /**
   * Tells what is written from there on, until the tool has ended and all is told.
   *
   * @param ended completes when it has, also exceptionally
   */
  void follow(long from, CompletableFuture<?> ended) throws InterruptedException {
    long next = from;
    boolean last = false;
    while (true) {
      try {
        for (BoundedOutput.Piece piece = output.read(next, PIECE_BYTES);
            piece.bytes().length > 0;
            piece = output.read(next, PIECE_BYTES)) {
          lines.add(piece.text());
          next = piece.next();
        }
      } catch (IOException e) {
        LOG.warn("What the tool of {} writes cannot be read now: {}", resource, e.getMessage());
      }
      if (last) {
        lines.end();
        return;
      }
      try {
        var _ = ended.get(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        last = true;
      } catch (TimeoutException notYet) {
        // It goes on.
      } catch (ExecutionException failed) {
        last = true; // Whoever asks for the outcome hears it.
      }
    }
  }

  /** Puts together lines from pieces. */
  private static final class Lines {
    private final Consumer<String> tell;
    private final StringBuilder begun = new StringBuilder();

    Lines(Consumer<String> tell) {
      this.tell = tell;
    }

    void add(String text) {
      begun.append(text);
      for (int at = begun.indexOf("\n"); at >= 0; at = begun.indexOf("\n")) {
        tell.accept(begun.substring(0, at));
        begun.delete(0, at + 1);
      }
    }

    void end() {
      if (!begun.isEmpty()) {
        tell.accept(begun.toString());
      }
    }
  }
}
