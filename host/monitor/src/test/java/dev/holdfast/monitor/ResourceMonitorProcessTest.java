package dev.holdfast.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.monitor.plugin.PluginBuilder;
import dev.holdfast.protocol.LinkClosed;
import dev.holdfast.protocol.MonitorCommand;
import dev.holdfast.protocol.StateBlock;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real thing: a JVM of its own, started by the real command. */
@Timeout(180)
class ResourceMonitorProcessTest {
  private static final String TYPE = "scripted.ScriptedType";
  private static final int COLD_STARTS = 5;

  @TempDir private static Path jarFolder;
  private static List<Path> classPath;

  @TempDir private Path folder;
  private FakeService service;
  private @Nullable Process process;

  @BeforeAll
  static void makeJars() throws IOException {
    classPath = ClassPathJars.in(jarFolder);
  }

  @BeforeEach
  void listen() throws IOException {
    service = new FakeService(folder);
  }

  @AfterEach
  void end() throws IOException {
    service.close();
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Test
  void aMonitorWhoseServiceGoesAway_exitsZero_andOneToldToShutDownDoes() throws Exception {
    var first = start(command(null));
    service.awaitReady();
    service.sever();
    assertThat(exitCode(first)).isEqualTo(MonitorCommand.EXIT_DONE);

    service.forget();
    var second = start(command(null));
    service.awaitReady();
    service.shutdown();
    assertThat(exitCode(second)).isEqualTo(MonitorCommand.EXIT_DONE);
  }

  @Test
  void underSpinningCalls_aMonitorBeats_andAKillLeavesItsStateBlock() throws Exception {
    var plugin = PluginBuilder.scripted().in(folder);
    var monitor = start(command(null));
    service.awaitReady();
    service.load(plugin);
    for (String resource : List.of("web", "db")) {
      service.returned(service.open(resource, plugin, TYPE));
      service.call(EntryPoint.ONLINE, resource, Map.of("Online", List.of("spin")));
    }
    service.await("a beat with two inside", f -> f.getBeat().getPluginThreads() == 2);
    service.forget();
    service.await("beats", 20, ToService::hasBeat);

    monitor.destroyForcibly().waitFor();
    var block = StateBlock.read(folder.resolve("state"));

    assertThat(service.awaitClosed().cause())
        .isIn(LinkClosed.Cause.PEER_CLOSED, LinkClosed.Cause.LOST);
    assertThat(block.pid()).isEqualTo(monitor.pid());
    assertThat(block.torn()).isZero();
    assertThat(block.inFlight())
        .extracting(what -> what.resource() + " " + what.entryPoint())
        .containsExactlyInAnyOrder("web ONLINE", "db ONLINE");
  }

  @Test
  void memoryThatRunsOut_endsTheProcess() throws Exception {
    var plugin =
        new PluginBuilder("greedy")
            .small(
                "a.Greedy",
                "Greedy",
                "public Greedy() { var all = new java.util.ArrayList<byte[]>();"
                    + " while (true) all.add(new byte[1 << 20]); }")
            .in(folder);
    var monitor = start(command(null));
    service.awaitReady();

    service.send(
        ToMonitor.newBuilder()
            .setLoadPlugin(
                LoadPlugin.newBuilder()
                    .setCall(1)
                    .setPlugin("greedy")
                    .setVersion("1.0.0")
                    .setDigest("greedy")
                    .setFolder(plugin.folder().toString())));

    assertThat(exitCode(monitor)).isEqualTo(3);
    assertThat(StateBlock.read(folder.resolve("state")).inFlight())
        .singleElement()
        .satisfies(what -> assertThat(what.plugin()).isEqualTo("greedy@1.0.0"));
  }

  @Test
  void wrongArguments_orNoNonce_orNoService_areOneLine_andTheirExitCode() throws Exception {
    var wrong = new ArrayList<>(command(null).start("x", service.socket(), folder, folder));
    wrong.removeLast();
    assertThat(exitCode(start(wrong, "nonce\n"))).isEqualTo(MonitorCommand.EXIT_USAGE);
    assertThat(output()).hasSize(1);

    assertThat(exitCode(start(started(command(null)), ""))).isEqualTo(MonitorCommand.EXIT_USAGE);
    assertThat(output()).hasSize(1);

    service.close();
    assertThat(exitCode(start(started(command(null)), "nonce\n")))
        .isEqualTo(MonitorCommand.EXIT_NO_SERVICE);
    assertThat(output()).hasSize(1);
    assertThat(output().getFirst()).contains(service.socket().toString());
  }

  @Test
  @Tag("long")
  void coldStart_isMeasured_withAndWithoutAnAotCache() throws Exception {
    var plugin = PluginBuilder.scripted().in(folder);
    var cache = folder.resolve("monitor.aot");
    var cpuWithout = new ArrayList<Long>();
    var cpuWith = new ArrayList<Long>();
    long[] without = coldStarts(command(null), cpuWithout);

    var trained = start(command(null).train(cache, List.of(plugin.folder())), "");
    assertThat(exitCode(trained)).isZero();
    assertThat(cache).isNotEmptyFile();
    var log = output();
    long[] with = coldStarts(command(cache), cpuWith);

    System.out.printf(
        "cold to ready, ms (CPU ms): without AOT %s %s, with AOT %s %s; cache %,d bytes%n",
        Arrays.toString(without), cpuWithout, Arrays.toString(with), cpuWith, Files.size(cache));
    assertThat(log).noneMatch(line -> line.contains("leaves"));
    assertThat(output()).describedAs("a cache that fits says nothing").isEmpty();
  }

  private long[] coldStarts(MonitorCommand command, List<Long> cpuMillis) throws Exception {
    var millis = new long[COLD_STARTS];
    for (int i = 0; i < COLD_STARTS; i++) {
      service.forget();
      long began = System.nanoTime();
      var monitor = start(command);
      service.awaitReady();
      millis[i] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      cpuMillis.add(monitor.info().totalCpuDuration().map(Duration::toMillis).orElse(-1L));
      service.shutdown();
      assertThat(exitCode(monitor)).isZero();
    }
    Arrays.sort(millis);
    return millis;
  }

  private static MonitorCommand command(@Nullable Path aotCache) {
    return new MonitorCommand(
        Path.of(System.getProperty("java.home"), "bin", "java"),
        classPath,
        aotCache,
        MonitorCommand.DEFAULT_HEAP_MEGABYTES);
  }

  private List<String> started(MonitorCommand command) {
    return command.start(
        "shared-0", service.socket(), folder.resolve("state"), folder.resolve("hs_err.log"));
  }

  private Process start(MonitorCommand command) throws IOException {
    return start(started(command), "nonce-1\n");
  }

  private Process start(List<String> command, String input) throws IOException {
    var started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    process = started;
    try (var stdin = started.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    return started;
  }

  private List<String> output() throws IOException {
    return Files.readAllLines(folder.resolve("output"));
  }

  private static int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).describedAs("it exits").isTrue();
    return process.exitValue();
  }
}
