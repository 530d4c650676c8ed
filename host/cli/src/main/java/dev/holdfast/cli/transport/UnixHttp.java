package dev.holdfast.cli.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
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

  private final SocketChannel channel;
  private @Nullable Deadline deadline;

  private UnixHttp(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Connects.
   *
   * @throws IOException nobody listens there, or it may not be reached
   */
  public static UnixHttp connect(Path socket) throws IOException {
    return new UnixHttp(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
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
    Deadline before = deadline;
    if (before != null) {
      before.cancel();
    }
    deadline = wait == null ? null : new Deadline(channel, wait);
  }

  /**
   * Sends a request and reads the reply's head.
   *
   * @param target path and query, encoded
   * @param body JSON; null for none
   */
  public Reply send(String method, String target, String accept, byte @Nullable [] body)
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
                    + body.length
                    + "\r\n\r\n");
    try {
      write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
      if (body != null) {
        write(ByteBuffer.wrap(body));
      }
      return readHead(new ChannelInput(this));
    } catch (IOException failed) {
      throw explained(failed);
    }
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  int read(ByteBuffer into) throws IOException {
    try {
      return channel.read(into);
    } catch (IOException failed) {
      throw explained(failed);
    }
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
    limit(null);
    channel.close();
  }
}
