package dev.holdfast.plugins.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.fake.FakeCall;
import dev.holdfast.spi.fake.FakeContext;
import dev.holdfast.spi.fake.FakeSlots;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ApplicationResourceTest {
  private static final GenericApplication TYPE = new GenericApplication();

  @TempDir Path directory;
  private FakeSlots slots;
  private Resource resource;

  @BeforeEach
  void open() {
    slots = new FakeSlots(directory);
    resource = TYPE.open(new FakeContext(directory));
  }

  @AfterEach
  void close() {
    slots.close();
  }

  @Test
  void application_runsWithItsArgumentsDirectoryAndEnvironment() throws Exception {
    Path work = Files.createDirectory(directory.resolve("work dir"));
    FakeCall call =
        call(
            Map.of(
                "CommandLine",
                    List.of(
                        "/bin/sh -c 'printf \"%s|\" \"$PWD\" \"$A\" \"$@\" > seen; sleep 1000' sh"),
                "Arguments", List.of("one two", "", "$HOME"),
                "CurrentDirectory", List.of(work.toString()),
                "Environment", List.of("A=x=y")));
    resource.online(call);

    Path seen = work.resolve("seen");
    awaitContent(seen);
    assertThat(seen).content().isEqualTo(work + "|x=y|one two||$HOME|");
    assertThat(resource.find(call)).isInstanceOf(Found.Running.class);
  }

  @Test
  void offline_usesTheSignalThatWasChosen() throws Exception {
    FakeCall call =
        call(Map.of("CommandLine", List.of("sleep 1000"), "StopSignal", List.of("usr1")));
    resource.online(call);
    resource.offline(call);

    assertThat(call.slots().get(0).exit()).contains(new Exit.Signal(10));
  }

  @Test
  void programThatIsNotThere_isTheUsersMistake_nowhere() {
    assertThat(onlineFailure(Map.of("CommandLine", List.of("/no/such/program"))))
        .returns("CommandNotFound", ResourceException::code)
        .returns(Responsibility.USER, ResourceException::responsibility)
        .returns(Retry.NOWHERE, ResourceException::retry)
        .hasMessageContaining("/no/such/program")
        .hasMessageContaining("fake-node");
    assertThat(onlineFailure(Map.of("CommandLine", List.of("no-such-program-anywhere"))))
        .returns("CommandNotFound", ResourceException::code);
    assertThat(onlineFailure(Map.of("CommandLine", List.of("/tmp"))))
        .returns("CommandNotExecutable", ResourceException::code);
  }

  @Test
  void directoryThatIsNotThere_isSaid() {
    assertThat(
            onlineFailure(
                Map.of(
                    "CommandLine", List.of("sleep 1000"),
                    "CurrentDirectory", List.of("/no/such/directory"))))
        .returns("DirectoryNotFound", ResourceException::code)
        .returns(Retry.OTHER_NODE, ResourceException::retry);
  }

  @Test
  void httpProbe_holdsOnlineBack_andSaysTheStatusAfterwards() throws Exception {
    var status = new AtomicInteger(503);
    HttpServer server = server(status);
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/health";
      Map<String, List<String>> text =
          Map.of(
              "CommandLine", List.of("sleep 1000"),
              "Probe", List.of("http"),
              "ProbeUrl", List.of(url));
      assertThat(onlineFailure(text, Duration.ofMillis(200)))
          .returns("NotReady", ResourceException::code)
          .hasMessageContaining("HTTP 503 from " + url);

      status.set(200);
      resource.online(call(text));
      assertThat(resource.isAlive(call(text))).isEqualTo(Health.alive());

      status.set(500);
      assertThat(resource.isAlive(call(text))).isEqualTo(Health.failed("HTTP 500 from " + url));
      assertThat(resource.looksAlive(call(text))).isEqualTo(Health.alive());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void tcpProbe_asksTheAddress() throws Exception {
    Map<String, List<String>> text = new HashMap<>();
    text.put("CommandLine", List.of("sleep 1000"));
    text.put("Probe", List.of("tcp"));
    try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      text.put("ProbeAddress", List.of("127.0.0.1:" + server.getLocalPort()));
      resource.online(call(text));
      assertThat(resource.isAlive(call(text))).isEqualTo(Health.alive());
    }

    assertThat(resource.isAlive(call(text)))
        .isInstanceOfSatisfying(
            Health.Failed.class,
            failed -> assertThat(failed.why()).startsWith("no TCP connection to 127.0.0.1:"));
  }

  @Test
  void execProbe_saysItsExitCodeAndFirstLine() throws Exception {
    Map<String, List<String>> text =
        Map.of(
            "CommandLine", List.of("sleep 1000"),
            "Probe", List.of("exec"),
            "Environment", List.of("NAME=well"),
            "ProbeCommand", List.of("/bin/sh -c 'test -e $NAME || { echo not $NAME; exit 7; }'"));
    Files.createFile(directory.resolve("well"));
    resource.online(call(text));
    assertThat(resource.isAlive(call(text))).isEqualTo(Health.alive());

    Files.delete(directory.resolve("well"));
    assertThat(resource.isAlive(call(text)))
        .isEqualTo(Health.failed("probe /bin/sh ended with 7: not well"));
  }

  @Test
  void execProbe_thatHangs_isKilledWithItsChildren() throws Exception {
    var probe =
        new ExecProbe(
            List.of("/bin/sh", "-c", "sleep 1000 & echo $! > child; wait"), directory, Map.of());

    assertThat(probe.health(Duration.ofMillis(500)))
        .isEqualTo(Health.failed("probe /bin/sh did not end within 500 ms"));
    long child = Long.parseLong(Files.readString(directory.resolve("child")).strip());
    ProcessHandle.of(child).ifPresent(handle -> handle.onExit().join());
  }

  @Test
  void execProbe_thatTalksWithoutEnd_isBoundedInTimeAndMemory() throws Exception {
    assertThat(new ExecProbe(List.of("yes"), directory, Map.of()).health(Duration.ofMillis(300)))
        .isInstanceOf(Health.Failed.class);
  }

  @Test
  void execProbe_whoseGrandchildHoldsThePipe_endsAllTheSame() throws Exception {
    var probe =
        new ExecProbe(
            List.of("/bin/sh", "-c", "sleep 1000 & echo $! > child; exit 0"), directory, Map.of());

    assertThat(probe.health(Duration.ofSeconds(20))).isEqualTo(Health.alive());
    long child = Long.parseLong(Files.readString(directory.resolve("child")).strip());
    ProcessHandle.of(child).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void execProbe_thatCannotRun_isABrokenCheck() {
    var probe = new ExecProbe(List.of("/no/such/probe"), directory, Map.of());

    assertThat(
            catchThrowableOfType(
                ResourceException.class, () -> probe.health(Duration.ofSeconds(1))))
        .returns("ProbeNotRunnable", ResourceException::code);
  }

  private ResourceException onlineFailure(Map<String, List<String>> text) {
    return onlineFailure(text, Duration.ofSeconds(30));
  }

  private ResourceException onlineFailure(Map<String, List<String>> text, Duration limit) {
    return catchThrowableOfType(ResourceException.class, () -> resource.online(call(text, limit)));
  }

  private FakeCall call(Map<String, List<String>> text) throws Exception {
    return call(text, Duration.ofSeconds(30));
  }

  private FakeCall call(Map<String, List<String>> text, Duration limit) throws Exception {
    return new FakeCall(slots, Properties.of(TYPE.description(), text), limit);
  }

  private static HttpServer server(AtomicInteger status) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static void awaitContent(Path file) throws IOException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!Files.exists(file) || Files.size(file) == 0) {
      assertThat(System.nanoTime()).as("waiting for " + file).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
