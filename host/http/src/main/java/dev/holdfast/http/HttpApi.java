package dev.holdfast.http;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.ApiServer;
import dev.holdfast.service.api.ApiSettings;
import dev.holdfast.service.api.ClusterApi;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the {@link Routes} over a Unix socket, and over a loopback TCP port where one is wanted.
 * Requests run on virtual threads; a few platform threads wait for the sockets.
 */
public final class HttpApi implements ApiServer {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

  private static final int MAX_HEADER_BYTES = 16 * 1024;

  /** All clients of both doors together. */
  private static final int MAX_CONNECTIONS = 1_024;

  private static final int PLATFORM_THREADS = 16;
  private static final long IDLE_MILLIS = 30_000;

  private final InFlight inFlight = new InFlight();
  private final MetricsPage metrics = new MetricsPage();
  private final AtomicBoolean closing = new AtomicBoolean();
  private @Nullable Javalin javalin;
  private @Nullable ServerConnector tcp;
  private @Nullable ApiSettings settings;

  /** Found by ServiceLoader. */
  public HttpApi() {}

  @Override
  public MeterRegistry meters() {
    return metrics.registry();
  }

  @Override
  public void start(ClusterApi api, ApiSettings settings) throws IOException {
    requireLoopback(settings.http());
    this.settings = settings;
    Doorkeeper doorkeeper = Doorkeeper.ofHome(settings.home());
    Thread.ofVirtual().name("json-warm").start(Json::warm);
    Files.deleteIfExists(settings.socket());
    Streams streams = new Streams(closing::get);
    Javalin made =
        Javalin.create(
            config -> {
              configure(config, settings);
              for (Route route : new Routes(api, streams, metrics).table()) {
                config.routes.addHttpHandler(
                    route.method(),
                    route.path(),
                    context -> answer(route, doorkeeper, context),
                    route.access());
              }
              refusals(config);
            });
    javalin = made;
    try {
      made.start();
      Files.setPosixFilePermissions(
          settings.socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
    } catch (RuntimeException failed) {
      close();
      throw new IOException(
          "The API cannot be opened on "
              + settings.socket()
              + (settings.http() == null ? "" : " and " + settings.http())
              + ": "
              + rootCause(failed),
          failed);
    }
  }

  private void answer(Route route, Doorkeeper doorkeeper, Context context) throws Exception {
    doorkeeper.admit(Peer.of(context), route.access(), context.header("Host"));
    inFlight.enter();
    try {
      if (closing.get()) {
        throw new ApiException.Unreachable("Stopping", "The service is stopping.");
      }
      route.answerer().answer(context);
    } finally {
      inFlight.leave();
    }
  }

  private void configure(JavalinConfig config, ApiSettings settings) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.prefer405over404 = true;
    config.http.maxRequestSize = Requests.MAX_BODY_BYTES;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.jetty.threadPool = threads();
    config.jetty.modifyHttpConfiguration(HttpApi::harden);
    config.jetty.modifyServer(
        server -> {
          server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, server));
          server.setErrorHandler(new JettyErrors());
          server.setStopTimeout(0); // we have waited for requests ourselves by then
        });
    config.jetty.addConnector(
        (server, http) -> {
          var connector =
              new UnixDomainServerConnector(server, 0, 1, new HttpConnectionFactory(http));
          connector.setUnixDomainPath(settings.socket());
          connector.setIdleTimeout(IDLE_MILLIS);
          return connector;
        });
    InetSocketAddress address = settings.http();
    if (address != null) {
      config.jetty.addConnector(
          (server, http) -> {
            var connector = new ServerConnector(server, 0, 1, new HttpConnectionFactory(http));
            connector.setHost(address.getAddress().getHostAddress());
            connector.setPort(address.getPort());
            connector.setIdleTimeout(IDLE_MILLIS);
            tcp = connector;
            return connector;
          });
    }
  }

  private static QueuedThreadPool threads() {
    var threads = new QueuedThreadPool(PLATFORM_THREADS, 2);
    threads.setName("http");
    threads.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-request-", 0).factory()));
    return threads;
  }

  private static void harden(HttpConfiguration http) {
    http.setRequestHeaderSize(MAX_HEADER_BYTES);
    http.setResponseHeaderSize(MAX_HEADER_BYTES);
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
  }

  private static void refusals(JavalinConfig config) {
    config.routes.exception(
        ApiException.class,
        (refusal, context) -> {
          if (refusal instanceof ApiException.Internal) {
            LOG.error("{} {} failed: internal error", context.method(), context.path(), refusal);
          }
          refuse(context, ProblemDocument.of(refusal));
        });
    config.routes.exception(
        HttpResponseException.class,
        (refusal, context) ->
            refuse(
                context,
                ProblemDocument.ofStatus(
                    refusal.getStatus(),
                    context.method() + " " + context.path() + ": " + refusal.getMessage() + ".")));
    config.routes.exception(
        EofException.class, (gone, context) -> LOG.debug("A reader went away.", gone));
    config.routes.exception(
        EOFException.class, (gone, context) -> LOG.debug("A reader went away.", gone));
    config.routes.exception(
        Exception.class,
        (bug, context) -> {
          LOG.error("{} {} failed: internal error", context.method(), context.path(), bug);
          refuse(
              context,
              ProblemDocument.of(
                  new ApiException.Internal(
                      "InternalError",
                      "Internal error: " + bug + ". The service's log has the rest.",
                      bug)));
        });
  }

  private static void refuse(Context context, ProblemDocument problem) {
    if (context.res().isCommitted()) {
      return; // a stream breaks off; its reader sees that it has no end
    }
    context.status(problem.status());
    context.contentType(ProblemDocument.MEDIA_TYPE);
    context.result(Json.write(problem));
  }

  private static void requireLoopback(@Nullable InetSocketAddress address) throws IOException {
    if (address != null && (address.isUnresolved() || !address.getAddress().isLoopbackAddress())) {
      throw new IOException(
          "The API cannot be opened on "
              + address.getHostString()
              + ": that is no loopback address, and nothing over TCP tells who asks."
              + " Use 127.0.0.1:PORT.");
    }
  }

  private static Throwable rootCause(Throwable failed) {
    Throwable cause = failed;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  @Override
  public Addresses addresses() {
    ApiSettings started = settings;
    if (started == null) {
      throw new IllegalStateException("The API has not been started.");
    }
    InetSocketAddress http = started.http();
    ServerConnector connector = tcp;
    if (http == null || connector == null) {
      return new Addresses(started.socket(), Optional.empty());
    }
    String host = http.getAddress().getHostAddress();
    String literal = host.contains(":") ? "[" + host + "]" : host;
    return new Addresses(
        started.socket(),
        Optional.of(URI.create("http://" + literal + ":" + connector.getLocalPort())));
  }

  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    inFlight.awaitNone(ApiSettings.CLOSE_GRACE);
    Javalin running = javalin;
    if (running != null) {
      running.stop();
    }
    ApiSettings started = settings;
    if (started != null) {
      removeSocket(started.socket());
    }
  }

  private static void removeSocket(Path socket) {
    try {
      Files.deleteIfExists(socket);
    } catch (IOException remains) {
      // The next start replaces it; nobody listens on it.
      LOG.debug("The socket {} is left behind.", socket, remains);
    }
  }
}
