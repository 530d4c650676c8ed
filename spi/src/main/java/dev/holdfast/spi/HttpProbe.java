package dev.holdfast.spi;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/**
 * Asks for a page and looks at the status. Follows no redirect, uses no proxy, reads no body.
 * Immutable.
 *
 * <p>Done with HttpURLConnection: {@code java.net.http} costs a monitor of 64 MB its start-up time
 * and threads of its own.
 */
public final class HttpProbe {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);

  private final URI uri;
  private final int statusMin;
  private final int statusMax;
  private final Duration timeout;

  private HttpProbe(URI uri, int statusMin, int statusMax, Duration timeout) {
    this.uri = Objects.requireNonNull(uri, "uri");
    this.statusMin = statusMin;
    this.statusMax = statusMax;
    this.timeout = ProbeTimeout.require(timeout);
  }

  /**
   * Expects a status of 200 to 399; waits one second.
   *
   * @throws IllegalArgumentException when it is no http or https URL with a host
   */
  public static HttpProbe of(String url) {
    URI uri = URI.create(url);
    boolean web =
        "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
    if (!web || uri.getHost() == null) {
      throw new IllegalArgumentException("'" + url + "' is no http or https URL with a host.");
    }
    return new HttpProbe(uri, 200, 399, DEFAULT_TIMEOUT);
  }

  /** Whether the page answers with a status of 200 to 399 within a second. */
  public static boolean answers(String url) {
    return of(url).health() instanceof Health.Alive;
  }

  /** The same with other statuses, both included. */
  public HttpProbe expecting(int statusMin, int statusMax) {
    if (statusMin < 100 || statusMax > 599 || statusMin > statusMax) {
      throw new IllegalArgumentException(
          statusMin + " to " + statusMax + " is no range of statuses within 100 to 599.");
    }
    return new HttpProbe(uri, statusMin, statusMax, timeout);
  }

  /** The same with another timeout, for connection and answer together. */
  public HttpProbe within(Duration timeout) {
    return new HttpProbe(uri, statusMin, statusMax, timeout);
  }

  /** Asks. Alive, or Failed with what was seen; never throws. */
  public Health health() {
    HttpURLConnection connection;
    try {
      connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
    } catch (IOException e) {
      return Health.failed("no connection to " + uri + " can be made: " + e.getMessage());
    }
    try (var deadline = ProbeDeadline.after(timeout, connection::disconnect)) {
      return ask(connection, deadline);
    }
  }

  private Health ask(HttpURLConnection connection, ProbeDeadline deadline) {
    try {
      connection.setConnectTimeout(Math.toIntExact(timeout.toMillis()));
      connection.setReadTimeout(Math.toIntExact(timeout.toMillis()));
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setRequestProperty("Connection", "close");
      connection.setRequestProperty("User-Agent", "holdfast-probe");
      int status = connection.getResponseCode();
      if (deadline.isOver()) {
        return late();
      }
      return status >= statusMin && status <= statusMax
          ? Health.alive()
          : Health.failed(status < 0 ? "no HTTP from " + uri : "HTTP " + status + " from " + uri);
    } catch (IOException e) {
      return deadline.isOver()
          ? late()
          : Health.failed("no answer from " + uri + ": " + e.getMessage());
    } catch (RuntimeException e) {
      // The connection was taken away in the middle of an answer: it has no better word for that.
      return deadline.isOver() ? late() : Health.failed("no answer from " + uri + ": " + e);
    } finally {
      connection.disconnect();
    }
  }

  private Health late() {
    return Health.failed("no answer from " + uri + " within " + DurationText.print(timeout));
  }
}
