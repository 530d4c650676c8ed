package dev.holdfast.monitor;

import dev.holdfast.protocol.Link;
import dev.holdfast.protocol.LinkAcceptor;
import dev.holdfast.protocol.LinkClosed;
import dev.holdfast.protocol.LinkListener;
import dev.holdfast.protocol.LinkServer;
import dev.holdfast.protocol.ProtocolVersion;
import dev.holdfast.protocol.wire.Answer;
import dev.holdfast.protocol.wire.CallResource;
import dev.holdfast.protocol.wire.CloseResource;
import dev.holdfast.protocol.wire.CommandOutcome;
import dev.holdfast.protocol.wire.Done;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.protocol.wire.ExitState;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.LoadedType;
import dev.holdfast.protocol.wire.OpenResource;
import dev.holdfast.protocol.wire.SetPolling;
import dev.holdfast.protocol.wire.Shutdown;
import dev.holdfast.protocol.wire.SlotChanged;
import dev.holdfast.protocol.wire.SlotState;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.protocol.wire.Welcome;
import dev.holdfast.spi.ProcessResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A whole monitor's life with a service played in the same JVM, so that an AOT cache made of it
 * holds what monitors need: the link, PF4J's loading, and the classes of the plugins that are
 * given. Each type is opened, asked to find a process that is said to live, and checked, as after a
 * monitor's death; then the process is said to have ended, which is followed by a check, a
 * terminate and a find. None is brought online, and no process is touched.
 */
final class Training implements LinkAcceptor, LinkListener<ToService> {
  /** A plugin that does not answer in this time is left out. */
  static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

  private final LinkedBlockingQueue<ToService> heard = new LinkedBlockingQueue<>();
  private volatile @Nullable Link<ToMonitor, ToService> link;
  private long calls;

  private Training() {}

  /**
   * Trains with unpacked plugins. One that cannot be used is named in the output and left out.
   *
   * @throws IOException there is no room for the few files this takes
   */
  static void run(List<Path> folders) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("holdfast-training");
    try {
      new Training().run(folders, directory);
    } finally {
      remove(directory);
    }
  }

  private void run(List<Path> folders, Path directory) throws IOException, InterruptedException {
    try (var server = LinkServer.listen(directory.resolve("s"), this)) {
      var clock = InstantSource.system();
      long pid = ProcessHandle.current().pid();
      var session =
          new MonitorSession(
              new MonitorSession.Self("training", "training", "training", pid, System.nanoTime()),
              ResourceMonitor.connected(ResourceMonitor.connecting(server.socket(), "training")),
              ResourceMonitor.stateBlock(directory.resolve("state"), pid, clock),
              clock);
      var monitor = Thread.ofPlatform().daemon(true).name("training").start(() -> live(session));
      await(ToService.FrameCase.HELLO);
      send(
          ToMonitor.newBuilder()
              .setWelcome(
                  Welcome.newBuilder().setProtocol(ProtocolVersion.MAX).setNode("training")));
      await(ToService.FrameCase.READY);
      for (Path folder : folders) {
        exercise(folder, directory);
      }
      send(ToMonitor.newBuilder().setShutdown(Shutdown.getDefaultInstance()));
      monitor.join(ANSWER_LIMIT);
    }
  }

  private static void live(MonitorSession session) {
    try {
      var _ = session.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void exercise(Path folder, Path directory) throws IOException, InterruptedException {
    var descriptor = new Properties();
    try (var in = Files.newInputStream(folder.resolve("plugin.properties"))) {
      descriptor.load(in);
    } catch (IOException e) {
      MonitorOutput.say("Training leaves %s out: %s".formatted(folder, e));
      return;
    }
    String digest = String.valueOf(folder.getFileName());
    send(
        ToMonitor.newBuilder()
            .setLoadPlugin(
                LoadPlugin.newBuilder()
                    .setCall(++calls)
                    .setPlugin(descriptor.getProperty("plugin.id", ""))
                    .setVersion(descriptor.getProperty("plugin.version", ""))
                    .setDigest(digest)
                    .setFolder(folder.toString())));
    var loaded = await(ToService.FrameCase.LOADED);
    if (loaded == null || loaded.getLoaded().hasFailure()) {
      MonitorOutput.say("Training leaves %s out: %s".formatted(folder, loaded));
      return;
    }
    for (LoadedType type : loaded.getLoaded().getTypesList()) {
      exercise(type, digest, directory);
    }
  }

  private void exercise(LoadedType type, String digest, Path directory)
      throws InterruptedException {
    String resource = "training-" + ++calls;
    send(
        ToMonitor.newBuilder()
            .setOpenResource(
                OpenResource.newBuilder()
                    .setCall(++calls)
                    .setResource(resource)
                    .setEpoch(1)
                    .setName(resource)
                    .setType(type.getDescription().getName())
                    .setDigest(digest)
                    .setTypeClass(type.getClassName())
                    .setDirectory(directory.resolve(resource).toString())));
    var opened = await(ToService.FrameCase.RETURNED);
    if (opened == null || opened.getReturned().hasFailure()) {
      return; // A family, of which there is no resource; or a type that refuses everything.
    }
    var found =
        SlotState.newBuilder().setName(ProcessResource.SLOT).setNonce("training").setAlive(true);
    var properties = TrainingProperties.of(type.getDescription());
    send(
        ToMonitor.newBuilder()
            .setCallResource(
                CallResource.newBuilder()
                    .setCall(++calls)
                    .setResource(resource)
                    .setEpoch(1)
                    .setEntryPoint(EntryPoint.FIND)
                    .setDeadlineMillis(ANSWER_LIMIT.toMillis())
                    .addAllProperties(properties)
                    .addSlots(found)));
    await(ToService.FrameCase.RETURNED);
    var polling =
        SetPolling.newBuilder().setResource(resource).addAllProperties(properties).addSlots(found);
    send(
        ToMonitor.newBuilder()
            .setSetPolling(polling.clone().setEpoch(1).setLooksAliveMillis(1).setIsAliveMillis(1)));
    await(ToService.FrameCase.HEALTH_REPORT);
    // An epoch of its own: the reports of the polling before are still coming.
    send(
        ToMonitor.newBuilder()
            .setSetPolling(
                polling
                    .setEpoch(2)
                    .setIsAliveMillis(ANSWER_LIMIT.toMillis())
                    .setTerminateCall(++calls)
                    .setTerminateDeadlineMillis(ANSWER_LIMIT.toMillis())));
    send(
        ToMonitor.newBuilder()
            .setSlotChanged(SlotChanged.newBuilder().setResource(resource).setSlot(ended())));
    var report =
        await(
            "the report of an ended process",
            frame -> frame.hasHealthReport() && frame.getHealthReport().getEpoch() == 2);
    // A type without a process does not fail by this, and then nothing follows.
    if (report != null && report.getHealthReport().getTerminateCall() != 0) {
      await(ToService.FrameCase.RETURNED);
    }
    send(
        ToMonitor.newBuilder()
            .setCloseResource(
                CloseResource.newBuilder().setCall(++calls).setResource(resource).setEpoch(2)));
    await(ToService.FrameCase.RETURNED);
  }

  private static SlotState.Builder ended() {
    return SlotState.newBuilder()
        .setName(ProcessResource.SLOT)
        .setNonce("training")
        .setExit(ExitState.newBuilder().setCode(0));
  }

  /** The next frame of this kind; null when none comes in time. */
  private @Nullable ToService await(ToService.FrameCase kind) throws InterruptedException {
    return await(kind.name(), frame -> frame.getFrameCase() == kind);
  }

  private @Nullable ToService await(String what, Predicate<ToService> wanted)
      throws InterruptedException {
    long end = System.nanoTime() + ANSWER_LIMIT.toNanos();
    for (long left = ANSWER_LIMIT.toNanos(); left > 0; left = end - System.nanoTime()) {
      var frame = heard.poll(left, TimeUnit.NANOSECONDS);
      if (frame != null && wanted.test(frame)) {
        return frame;
      }
    }
    MonitorOutput.say("Training waited %s in vain for %s.".formatted(ANSWER_LIMIT, what));
    return null;
  }

  private void send(ToMonitor.Builder frame) {
    var there = link;
    if (there != null) {
      var _ = there.send(frame.build());
    }
  }

  @Override
  public void accepted(Link<ToMonitor, ToService> accepted) {
    link = accepted;
    accepted.start(this);
  }

  @Override
  public void acceptFailed(IOException failure) {
    MonitorOutput.say("Training cannot accept its own connection: " + failure);
  }

  @Override
  public void onFrame(ToService frame) {
    if (frame.hasStopProcess()) {
      send(
          ToMonitor.newBuilder()
              .setAnswer(
                  Answer.newBuilder()
                      .setRequest(frame.getStopProcess().getRequest())
                      .setSlot(ended())));
    } else if (frame.hasRunCommand()) {
      send(
          ToMonitor.newBuilder()
              .setAnswer(
                  Answer.newBuilder()
                      .setRequest(frame.getRunCommand().getRequest())
                      .setCommand(
                          CommandOutcome.newBuilder().setExit(ExitState.newBuilder().setCode(0)))));
    } else if (frame.hasEndLeft()) {
      send(
          ToMonitor.newBuilder()
              .setAnswer(
                  Answer.newBuilder()
                      .setRequest(frame.getEndLeft().getRequest())
                      .setOk(Done.getDefaultInstance())));
    } else {
      heard.add(frame);
    }
  }

  @Override
  public void onClosed(LinkClosed why) {
    link = null;
  }

  private static void remove(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
