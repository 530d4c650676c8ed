package dev.holdfast.service;

import ch.qos.logback.classic.Level;
import dev.holdfast.service.archive.FolderTree;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.settings.ServiceSettings;
import dev.holdfast.service.systemd.Notifier;
import java.io.IOException;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;

/**
 * Two short lives of a real service on a home of their own, for the JVM to write down what a start
 * loads and runs often (its AOT cache): the first makes a resource, kills its application again and
 * again and leaves it running, the second takes it over, answers, and takes it offline. The home is
 * removed; nothing else is touched.
 */
final class Training {
  /** So often that the JVM remembers what a restart runs as worth compiling. */
  private static final int DEATHS = 200;

  /** So often does somebody ask for a restart. */
  private static final int REQUESTS = 50;

  /** A restart that takes longer ends the training. */
  private static final Duration RESTART_LIMIT = Duration.ofSeconds(10);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

  private static final String STOP = "/v1/service/stop";

  private Training() {}

  static int run(PrintStream err) {
    try {
      Path folder = Files.createTempDirectory("holdfast-training");
      try {
        live(folder.resolve("home"), Training::makeAndKeep);
        live(folder.resolve("home"), Training::lookAndStop);
      } finally {
        FolderTree.delete(folder);
      }
      return ClusterServiceMain.EXIT_OK;
    } catch (IOException e) {
      err.println("holdfast: no training: " + e);
      return ClusterServiceMain.EXIT_FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ClusterServiceMain.EXIT_FAILED;
    }
  }

  /** What a client does; the service stops because of it. */
  private interface Client {
    void use(Path socket) throws IOException;
  }

  private static void live(Path directory, Client client) throws IOException, InterruptedException {
    var options = new ServeOptions();
    new CommandLine(options).parseArgs("--home", directory.toString());
    Home home = Home.open(directory);
    ServiceSettings settings = ServiceSettings.read(home.settings(), Map.of());
    LogSetup.console(settings, Level.ERROR);
    try (var service = new ClusterService(options, home, settings, Notifier.ofNobody())) {
      LogSetup.apply(settings, home.log(), Level.ERROR);
      service.start();
      client.use(service.addresses().socket());
      service.awaitStopped();
    }
  }

  private static void makeAndKeep(Path socket) throws IOException {
    // It ends by itself when this process does: a training may be killed, and leaves nothing
    // running.
    String application = "tail --pid=" + ProcessHandle.current().pid() + " -f /dev/null";
    post(socket, "/v1/groups", "{'name':'g'}");
    post(
        socket,
        "/v1/resources",
        "{'name':'r','group':'g','type':'Generic Application',"
            + "'properties':{'CommandLine':['"
            + application
            + "'],'RestartDelay':['0'],'RestartThreshold':['-1']}}");
    post(socket, "/v1/groups/g/online", "{}");
    for (int i = 0; i < REQUESTS; i++) {
      post(socket, "/v1/resources/r/fail", "{}");
    }
    ProcessHandle living = awaitApplication(0);
    for (int i = 0; i < DEATHS; i++) {
      living.destroyForcibly();
      living = awaitApplication(living.pid());
    }
    post(socket, STOP, "{'keep':true}");
  }

  /** The application's process, once it is another than the last one. */
  private static ProcessHandle awaitApplication(long last) throws IOException {
    long end = System.nanoTime() + RESTART_LIMIT.toNanos();
    while (System.nanoTime() - end < 0) {
      Optional<ProcessHandle> application =
          ProcessHandle.current()
              .children()
              .filter(child -> child.pid() != last)
              .filter(child -> child.info().command().orElse("").endsWith("/tail"))
              .findFirst();
      if (application.isPresent()) {
        return application.get();
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
    throw new IOException(
        "the application was not restarted within " + RESTART_LIMIT.toSeconds() + " s");
  }

  private static void lookAndStop(Path socket) throws IOException {
    for (String path : new String[] {"/v1/status", "/v1/resources", "/v1/events", "/metrics"}) {
      exchange(socket, "GET " + path, "");
    }
    post(socket, STOP, "{}");
  }

  /** Waits until what is asked for is done: the answer is its narration. */
  private static void post(Path socket, String path, String json) throws IOException {
    exchange(socket, "POST " + path, json.replace('\'', '"'));
  }

  private static void exchange(Path socket, String request, String body) throws IOException {
    byte[] frame =
        """
        %s HTTP/1.1
        Host: localhost
        Connection: close
        Accept: %s
        Content-Type: application/json
        Content-Length: %d

        %s\
        """
            .formatted(
                request,
                request.startsWith("GET") ? "application/json" : "application/x-ndjson",
                body.length(),
                body)
            .replace("\n", "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      for (var bytes = ByteBuffer.wrap(frame); bytes.hasRemaining(); ) {
        channel.write(bytes);
      }
      var answer = Channels.newInputStream(channel).readAllBytes();
      var status = new String(answer, 0, Math.min(12, answer.length), StandardCharsets.US_ASCII);
      if (!status.matches("HTTP/1.1 2..")) {
        throw new IOException(request + " was answered with " + status);
      }
    }
  }
}
