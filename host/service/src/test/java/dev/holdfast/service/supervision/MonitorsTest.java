package dev.holdfast.service.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cluster.MonitorName;
import dev.holdfast.protocol.Link;
import dev.holdfast.protocol.LinkClosed;
import dev.holdfast.protocol.LinkListener;
import dev.holdfast.protocol.MonitorCommand;
import dev.holdfast.protocol.ProtocolVersion;
import dev.holdfast.protocol.wire.Hello;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.OpenResource;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.posix.Signal;
import dev.holdfast.service.process.FakeProcesses;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The processes are in memory only; their links are real. */
class MonitorsTest {
  private static final MonitorName SHARED = MonitorName.SHARED;
  private static final LoadPlugin PLUGIN =
      LoadPlugin.newBuilder().setCall(7).setPlugin("test").setDigest("sha256:00").build();
  private static final ToMonitor OPEN =
      ToMonitor.newBuilder()
          .setOpenResource(OpenResource.newBuilder().setResource("db").setEpoch(1))
          .build();

  @TempDir Path folder;
  private final BlockingQueue<MonitorDeath> deaths = new LinkedBlockingQueue<>();
  private final BlockingQueue<Life> started = new LinkedBlockingQueue<>();
  private final FakeProcesses processes =
      new FakeProcesses((spec, process) -> started.add(new Life(spec, process)));
  private Monitors monitors;

  private final class Deaths implements MonitorListener {
    @Override
    public void started(MonitorName name, long epoch, ProcessIdentity process) {
      assertThat(name).isEqualTo(SHARED);
    }

    @Override
    public void ready(MonitorName name, long epoch) {
      throw new AssertionError(name + " never says so");
    }

    @Override
    public void frame(MonitorName name, long epoch, ToService frame) {
      throw new AssertionError(name + " says nothing but hello: " + frame);
    }

    @Override
    public void died(MonitorDeath death) {
      deaths.add(death);
    }
  }

  /** What a monitor's process hears. */
  private static final class Life implements LinkListener<ToMonitor> {
    final ProcessIdentity process;
    private final String nonce;
    private final BlockingQueue<ToMonitor> heard = new LinkedBlockingQueue<>();

    Life(ProcessSpec spec, ProcessIdentity process) {
      this.process = process;
      this.nonce = Objects.requireNonNull(spec.input()).strip();
    }

    void link(Path socket) throws IOException {
      Link<ToService, ToMonitor> link = Link.connect(socket, SHARED.value());
      link.start(this);
      var hello =
          Hello.newBuilder()
              .setProtocolMin(ProtocolVersion.MIN)
              .setProtocolMax(ProtocolVersion.MAX)
              .setNonce(nonce);
      assertThat(link.send(ToService.newBuilder().setHello(hello).build())).isTrue();
    }

    ToMonitor hears() throws InterruptedException {
      return Objects.requireNonNull(heard.poll(30, TimeUnit.SECONDS), "nothing");
    }

    @Override
    public void onFrame(ToMonitor frame) {
      heard.add(frame);
    }

    @Override
    public void onClosed(LinkClosed why) {
      // The service's side of it is what is tested.
    }
  }

  @BeforeEach
  void open() throws IOException {
    monitors =
        new Monitors(
            Home.open(folder.resolve("home")),
            "alpha",
            socket(),
            new MonitorCommand(Path.of("java"), List.of(Path.of("monitor.jar")), null, 64),
            processes,
            InstantSource.system(),
            new Deaths());
  }

  @AfterEach
  void close() throws IOException {
    monitors.close();
  }

  private Path socket() {
    return folder.resolve("s");
  }

  private Life start(long epoch) throws Exception {
    monitors.start(SHARED, epoch);
    Life life = started.take();
    life.link(socket());
    assertThat(life.hears().hasWelcome()).isTrue();
    return life;
  }

  private void end(Life life) throws InterruptedException {
    assertThat(processes.signal(life.process, Signal.KILL)).isTrue();
    assertThat(deaths.poll(30, TimeUnit.SECONDS)).isNotNull();
  }

  /**
   * Its archive was still being looked at when the monitor died: it was opened in the next one, in
   * which its own open was then refused, for ever.
   */
  @Test
  void whatWasToBeOpenedInALifeThatIsOver_isNotOpenedInTheNext() throws Exception {
    end(start(1));
    Life next = start(2);

    assertThat(monitors.load(SHARED, 1, PLUGIN)).isCompletedExceptionally();
    assertThat(monitors.isAlive(SHARED, 1)).isFalse();
    assertThat(monitors.send(SHARED, 1, OPEN)).isFalse();
    assertThat(monitors.isAlive(SHARED, 2)).isTrue();
    assertThat(monitors.load(SHARED, 2, PLUGIN)).isNotDone();
    assertThat(monitors.send(SHARED, 2, OPEN)).isTrue();

    assertThat(next.hears().getLoadPlugin()).isEqualTo(PLUGIN);
    assertThat(next.hears()).isEqualTo(OPEN);
  }

  @Test
  void whatItWasLoading_failsWithIt_andNothingIsLoadedByOneThatIsOver() throws Exception {
    Life life = start(1);
    var loading = monitors.load(SHARED, PLUGIN);
    assertThat(life.hears().hasLoadPlugin()).isTrue();

    end(life);

    assertThat(loading).isCompletedExceptionally();
    assertThat(monitors.load(SHARED, PLUGIN)).isCompletedExceptionally();
    assertThat(monitors.alive()).isEmpty();
  }

  @Test
  void whatItIsToLoadBeforeItListens_isSentOnceItIsWelcome() throws Exception {
    monitors.start(SHARED, 1);
    Life life = started.take();
    var loading = monitors.load(SHARED, PLUGIN);
    assertThat(monitors.load(SHARED, PLUGIN)).isSameAs(loading);
    assertThat(monitors.send(SHARED, OPEN)).as("nobody listens yet").isFalse();

    life.link(socket());

    assertThat(life.hears().hasWelcome()).isTrue();
    assertThat(life.hears().getLoadPlugin()).isEqualTo(PLUGIN);
    assertThat(loading).isNotDone();
  }
}
