package dev.holdfast.monitor;

import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.monitor.call.Alarms;
import dev.holdfast.monitor.call.Outgoing;
import dev.holdfast.monitor.call.Resources;
import dev.holdfast.monitor.call.ServiceRequests;
import dev.holdfast.monitor.call.Surroundings;
import dev.holdfast.monitor.log.MonitorLog;
import dev.holdfast.protocol.Link;
import dev.holdfast.protocol.LinkClosed;
import dev.holdfast.protocol.LinkListener;
import dev.holdfast.protocol.MonitorCommand;
import dev.holdfast.protocol.ProtocolVersion;
import dev.holdfast.protocol.StateBlockWriter;
import dev.holdfast.protocol.wire.Beat;
import dev.holdfast.protocol.wire.Hello;
import dev.holdfast.protocol.wire.Ready;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.protocol.wire.Welcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One monitor's life over one link: hello, welcome, ready, frames, and one of three ends. A monitor
 * whose link closed does not look for another service: what it knows is in the old one's name.
 */
final class MonitorSession implements LinkListener<ToMonitor> {
  /** So long does a monitor wait for its welcome. */
  static final Duration WELCOME_LIMIT = Duration.ofSeconds(30);

  /** So long may resources take, all together, to be closed or released at the end. */
  static final Duration END_LIMIT = Duration.ofSeconds(3);

  /**
   * Who this monitor is.
   *
   * @param nonce the service's one-time word for it
   * @param beganNanos when main began, by System.nanoTime
   */
  record Self(String name, String nonce, String version, long pid, long beganNanos) {}

  /** What finds no link is lost; the end of the link is heard of by itself. */
  private record ToLink(Link<ToService, ToMonitor> link) implements Outgoing {
    @Override
    public void send(ToService frame) {
      var _ = link.send(frame);
    }

    @Override
    public void sendWithNext(ToService frame) {
      var _ = link.sendWithNext(frame);
    }
  }

  private sealed interface End {
    record Told() implements End {}

    record Unlinked(LinkClosed why) implements End {}

    record Fault(Throwable thrown) implements End {}
  }

  private final Self self;
  private final Link<ToService, ToMonitor> link;
  private final Outgoing outgoing;
  private final Alarms alarms = new Alarms(this::fault);
  private final Surroundings surroundings;
  private final ServiceRequests requests;
  private final CompletableFuture<Welcome> welcome = new CompletableFuture<>();
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private volatile @Nullable Resources resources;

  @SuppressWarnings("this-escape") // The clock has nothing to run before the session does.
  MonitorSession(
      Self self,
      Link<ToService, ToMonitor> link,
      StateBlockWriter stateBlock,
      InstantSource clock) {
    this.self = self;
    this.link = link;
    this.outgoing = new ToLink(link);
    this.surroundings = new Surroundings(clock, alarms, stateBlock, outgoing);
    this.requests = new ServiceRequests(outgoing);
  }

  /** Loads what the first frames need; it may be done before there is a link. */
  static void prepare() {
    var _ = ToService.newBuilder().setHello(Hello.getDefaultInstance()).build().toByteArray();
    var _ = ToMonitor.getDefaultInstance();
  }

  /** Lives, and returns the process's exit code. */
  int run() throws InterruptedException {
    link.start(this);
    send(hello());
    var welcomed = awaitWelcome();
    if (welcomed == null) {
      alarms.close();
      link.close();
      return end.isDone() ? end() : MonitorCommand.EXIT_NO_SERVICE;
    }
    MonitorLog.to(line -> send(ToService.newBuilder().setLogLine(line).build()));
    try (var heartbeat = new Heartbeat(interval(welcomed), this::beat, this::fault)) {
      heartbeat.start();
      send(ready());
      return end();
    } finally {
      MonitorLog.toOutput();
      alarms.close();
      link.close();
    }
  }

  private @Nullable Welcome awaitWelcome() throws InterruptedException {
    try {
      return welcome.get(WELCOME_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      MonitorOutput.say(
          "Monitor %s said hello to the cluster service and was not welcomed: %s"
              .formatted(self.name(), e.getMessage()));
      return null;
    }
  }

  private int end() throws InterruptedException {
    try {
      return switch (end.get()) {
        case End.Told _ -> {
          held().closeAll(END_LIMIT);
          yield MonitorCommand.EXIT_DONE;
        }
        case End.Unlinked(LinkClosed why) -> unlinked(why);
        case End.Fault(Throwable thrown) -> fatal(thrown);
      };
    } catch (ExecutionException e) {
      return fatal(e);
    }
  }

  private int unlinked(LinkClosed why) throws InterruptedException {
    MonitorLog.toOutput();
    MonitorOutput.say(
        "%s Monitor %s releases what lives in it and ends; applications are left as they are."
            .formatted(why.reason(), self.name()));
    var held = resources;
    if (held == null) {
      return MonitorCommand.EXIT_NO_SERVICE;
    }
    StepPoint.MONITOR_RELEASE.before();
    held.releaseAll(END_LIMIT);
    StepPoint.MONITOR_RELEASE.after();
    return MonitorCommand.EXIT_DONE;
  }

  private static int fatal(Throwable thrown) {
    MonitorOutput.say("The monitor has a fault of its own and ends: " + thrown, thrown);
    return MonitorCommand.EXIT_FAULT;
  }

  @Override
  public void onFrame(ToMonitor frame) {
    switch (frame.getFrameCase()) {
      case WELCOME -> welcomed(frame.getWelcome());
      case LOAD_PLUGIN -> held().load(frame.getLoadPlugin());
      case VALIDATE_PROPERTIES -> held().validate(frame.getValidateProperties());
      case OPEN_RESOURCE -> held().open(frame.getOpenResource());
      case CALL_RESOURCE -> held().call(frame.getCallResource());
      case CANCEL_CALL -> held().cancel(frame.getCancelCall());
      case SET_POLLING -> held().setPolling(frame.getSetPolling());
      case SLOT_CHANGED -> held().slotChanged(frame.getSlotChanged());
      case CLOSE_RESOURCE -> held().close(frame.getCloseResource());
      case ANSWER -> held().answered(frame.getAnswer());
      case SURVEY -> held().survey(frame.getSurvey());
      case INSPECT -> held().inspect(frame.getInspect());
      case SHUTDOWN -> end.complete(new End.Told());
      case FRAME_NOT_SET -> throw new IllegalArgumentException("The link lets no such frame pass.");
    }
  }

  private void welcomed(Welcome told) {
    if (told.getProtocol() < ProtocolVersion.MIN || told.getProtocol() > ProtocolVersion.MAX) {
      throw new IllegalArgumentException(
          "The cluster service chose protocol %d; this monitor speaks %d to %d."
              .formatted(told.getProtocol(), ProtocolVersion.MIN, ProtocolVersion.MAX));
    }
    requests.beginWith(told.getFirstRequest());
    resources = new Resources(told.getNode(), surroundings, requests);
    welcome.complete(told);
  }

  /** The reader thread stores it, and later frames come from the same thread. */
  private Resources held() {
    var held = resources;
    if (held == null) {
      throw new IllegalStateException("The cluster service sent a frame before its welcome.");
    }
    return held;
  }

  @Override
  public void onClosed(LinkClosed why) {
    Throwable thrown = why.thrown();
    end.complete(
        why.cause() == LinkClosed.Cause.LISTENER_FAILED && thrown != null
            ? new End.Fault(thrown)
            : new End.Unlinked(why));
    welcome.completeExceptionally(new IllegalStateException(why.reason()));
  }

  private void fault(Throwable thrown) {
    end.complete(new End.Fault(thrown));
    welcome.completeExceptionally(thrown);
  }

  private void beat(long count) {
    send(
        ToService.newBuilder()
            .setBeat(
                Beat.newBuilder()
                    .setCount(count)
                    .setLateAnswers(surroundings.lateAnswers())
                    .setPluginThreads(held().inside())
                    .setLeftBehind(surroundings.leftBehind()))
            .build());
  }

  private void send(ToService frame) {
    outgoing.send(frame);
  }

  private ToService hello() {
    return ToService.newBuilder()
        .setHello(
            Hello.newBuilder()
                .setProtocolMin(ProtocolVersion.MIN)
                .setProtocolMax(ProtocolVersion.MAX)
                .setPid(self.pid())
                .setNonce(self.nonce())
                .setName(self.name())
                .setVersion(self.version()))
        .build();
  }

  private ToService ready() {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - self.beganNanos());
    return ToService.newBuilder().setReady(Ready.newBuilder().setMillis(millis)).build();
  }

  private static Duration interval(Welcome welcome) {
    return welcome.getHeartbeatMillis() > 0
        ? Duration.ofMillis(welcome.getHeartbeatMillis())
        : Heartbeat.DEFAULT_INTERVAL;
  }
}
