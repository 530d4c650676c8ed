package dev.holdfast.client;

import dev.holdfast.client.door.Answers;
import dev.holdfast.client.door.RefusalException;
import dev.holdfast.client.transport.Lines;
import dev.holdfast.client.transport.Reply;
import dev.holdfast.client.transport.Target;
import dev.holdfast.client.transport.UnixHttp;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** An answer that goes on. For one reading thread; {@link #close} may come from any. */
final class Stream implements AutoCloseable {
  private static final String MEDIA_TYPE = "application/x-ndjson";

  private final UnixHttp connection;
  private final Lines lines;
  private volatile boolean isClosed;

  private Stream(UnixHttp connection, Lines lines) {
    this.connection = connection;
    this.lines = lines;
  }

  /** Asks for it; when this returns, the service has begun. */
  static Stream open(Service service, Target target) {
    UnixHttp connection = service.connect();
    try {
      connection.limit(service.deadlines().call());
      Reply reply = connection.send("GET", target.toString(), MEDIA_TYPE, null);
      Answers.requireGood(reply);
      connection.limitSilence(service.deadlines().silence());
      return new Stream(connection, new Lines(reply.body()));
    } catch (RefusalException refused) {
      closeQuietly(connection);
      throw Service.refused(refused.problem(), false);
    } catch (IOException broken) {
      closeQuietly(connection);
      throw Service.broken(broken, false);
    }
  }

  /** The next object; null at the end. */
  @Nullable JsonNode next() throws IOException {
    return Answers.next(lines);
  }

  /** Closed on this side. */
  boolean isClosed() {
    return isClosed;
  }

  @Override
  public void close() {
    isClosed = true;
    closeQuietly(connection);
  }

  private static void closeQuietly(UnixHttp connection) {
    try {
      connection.close();
    } catch (IOException closedAnyway) {
      // Nothing more is read from it or written to it.
    }
  }
}
