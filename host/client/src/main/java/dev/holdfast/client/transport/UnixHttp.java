package dev.holdfast.client.transport;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the service. Make it, send one request, read the reply, close it. For one
 * thread; {@link #close} may come from any, and ends a read that waits.
 */
public final class UnixHttp implements AutoCloseable {
  private static final int MAX_HEAD_BYTES = 64 * 1024;
  private static final int PIECE_BYTES = 64 * 1024;

  private final SocketChannel channel;
  private volatile @Nullable Deadline deadline;
  private boolean renewing;
  private boolean sent;

  private UnixHttp(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Connects.
   *
   * @param wait how long that may take, and all that follows until {@link #limit} is called
   * @throws IOException nobody listens there, it may not be reached, or has no room for us
   */
  public static UnixHttp connect(Path socket, Duration wait) throws IOException {
    var connection = new UnixHttp(SocketChannel.open(StandardProtocolFamily.UNIX));
    try {
      connection.limit(wait);
      connection.channel.connect(UnixDomainSocketAddress.of(socket));
      return connection;
    } catch (IOException failed) {
      connection.close();
      throw connection.explained(failed);
    } catch (RuntimeException noAddress) {
      connection.close();
      throw noAddress;
    }
  }

  /** Whom the kernel names as the one who listens. */
  public UserPrincipal server() throws IOException {
    return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
  }

  /**
   * From now on everything together may take that long; then the connection is closed, and who
   * waits gets {@link DeadlineException}. The last call counts; null for no limit.
   */
  public void limit(@Nullable Duration wait) {
    renewing = false;
    Deadline before = deadline;
    if (before != null && before.limit().equals(wait)) {
      before.renew();
      return;
    }
    if (before != null) {
      before.cancel();
    }
    deadline = wait == null ? null : new Deadline(channel, wait);
  }

  /** From now on each wait for more may take that long: for answers that go on. */
  public void limitSilence(Duration wait) {
    limit(wait);
    renewing = true;
  }

  /**
   * Whether all of the request was handed over, or may have been. If not, the service has not
   * carried it out, and never will.
   */
  public boolean isSent() {
    return sent;
  }

  /**
   * Sends a request and reads the reply's head.
   *
   * @param target path and query, encoded
   * @param body null for none
   */
  public Reply send(String method, String target, String accept, @Nullable Body body)
      throws IOException {
    String head =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: "
            + accept
            + (body == null
                ? "\r\nContent-Length: 0\r\n\r\n"
                : "\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n");
    try {
      write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
      if (body != null) {
        write(body);
      }
      sent = true;
    } catch (ClosedChannelException closedHere) {
      sent = true; // By an interrupt or the deadline, perhaps behind the last byte.
      throw explained(closedHere);
    } catch (IOException failed) {
      return refusedEarly(failed);
    }
    try {
      return readHead(new ChannelInput(this));
    } catch (IOException failed) {
      throw explained(failed);
    }
  }

  /** Who refuses a body may answer and hang up before it was all sent. */
  private Reply refusedEarly(IOException failed) throws IOException {
    try {
      Reply reply = readHead(new ChannelInput(this));
      sent = true; // Whatever it answers, it has taken note of it.
      return reply;
    } catch (IOException noReply) {
      throw explained(failed);
    }
  }

  private void write(Body body) throws IOException {
    byte[] piece = new byte[(int) Math.min(PIECE_BYTES, Math.max(1, body.length()))];
    for (long left = body.length(); left > 0; ) {
      int read = read(body, piece, (int) Math.min(piece.length, left));
      write(ByteBuffer.wrap(piece, 0, read));
      left -= read;
    }
  }

  /** What goes wrong on this side is nothing that a connection could have. */
  private static int read(Body body, byte[] into, int length) {
    try {
      int read = body.bytes().read(into, 0, length);
      if (read < 0) {
        throw new EOFException("it is shorter than it was said to be");
      }
      return read;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(
          "What is to be sent cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  int read(ByteBuffer into) throws IOException {
    try {
      return deadline != null && renewing ? readOrSilence(into, deadline) : channel.read(into);
    } catch (IOException failed) {
      throw explained(failed);
    }
  }

  private int readOrSilence(ByteBuffer into, Deadline silence) throws IOException {
    silence.renew();
    int read = channel.read(into);
    silence.suspend();
    return read;
  }

  private IOException explained(IOException failed) {
    Deadline limit = deadline;
    return limit != null && limit.passed() ? new DeadlineException(limit.limit()) : failed;
  }

  private static Reply readHead(InputStream in) throws IOException {
    int left = MAX_HEAD_BYTES;
    String statusLine = line(in, left);
    String[] parts = statusLine.split(" ", 3);
    if (parts.length < 2 || !parts[0].startsWith("HTTP/1.") || !parts[1].matches("\\d{3}")) {
      throw new IOException("That is no HTTP reply: \"" + statusLine + "\".");
    }
    Map<String, String> headers = new HashMap<>();
    while (true) {
      String line = line(in, left);
      if (line.isEmpty()) {
        return new Reply(Integer.parseInt(parts[1]), Map.copyOf(headers), bodyOf(in, headers));
      }
      left -= line.length() + 2;
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("That is no HTTP header: \"" + line + "\".");
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
  }

  private static InputStream bodyOf(InputStream in, Map<String, String> headers)
      throws IOException {
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      return new ChunkedInput(in);
    }
    String length = headers.get("content-length");
    if (length == null) {
      return in;
    }
    try {
      return new FixedInput(in, Long.parseLong(length));
    } catch (NumberFormatException noNumber) {
      throw new IOException("That is no Content-Length: \"" + length + "\".", noNumber);
    }
  }

  /** A line without its end, which is CR LF or LF. */
  static String line(InputStream in, int maxBytes) throws IOException {
    var bytes = new ByteArrayOutputStream(80);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("The service closed the connection before its reply was complete.");
      }
      if (bytes.size() >= maxBytes) {
        throw new IOException("The head of the reply is longer than " + MAX_HEAD_BYTES + " bytes.");
      }
      bytes.write(b);
    }
    String line = bytes.toString(StandardCharsets.ISO_8859_1);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  @Override
  public void close() throws IOException {
    Deadline limit = deadline;
    if (limit != null) {
      limit.cancel();
    }
    channel.close();
  }
}
