package dev.holdfast.monitor;

import dev.holdfast.monitor.plugin.PluginFolder;
import dev.holdfast.protocol.Link;
import dev.holdfast.protocol.LinkAcceptor;
import dev.holdfast.protocol.LinkClosed;
import dev.holdfast.protocol.LinkListener;
import dev.holdfast.protocol.LinkServer;
import dev.holdfast.protocol.ProtocolVersion;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.Answer;
import dev.holdfast.protocol.wire.CallResource;
import dev.holdfast.protocol.wire.CancelCall;
import dev.holdfast.protocol.wire.CloseResource;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.protocol.wire.Inspect;
import dev.holdfast.protocol.wire.Inspected;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.Loaded;
import dev.holdfast.protocol.wire.OpenResource;
import dev.holdfast.protocol.wire.Returned;
import dev.holdfast.protocol.wire.SetPolling;
import dev.holdfast.protocol.wire.Shutdown;
import dev.holdfast.protocol.wire.SlotChanged;
import dev.holdfast.protocol.wire.SlotState;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.protocol.wire.ValidateProperties;
import dev.holdfast.protocol.wire.Welcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A cluster service as a monitor meets it, played by a test. Keeps every frame it hears. */
final class FakeService implements LinkAcceptor, LinkListener<ToService>, AutoCloseable {
  /** What the numbers of a monitor's requests begin with. */
  static final long FIRST_REQUEST = 7L << 40;

  static final String NODE = "node-1";

  private final Path directory;
  private final LinkServer server;
  private final List<ToService> heard = new ArrayList<>();
  private final CompletableFuture<LinkClosed> closed = new CompletableFuture<>();
  private @Nullable Link<ToMonitor, ToService> link;
  private boolean welcoming = true;
  private long calls;
  private long epoch = 1;

  FakeService(Path directory) throws IOException {
    this.directory = directory;
    this.server = LinkServer.listen(directory.resolve("s"), this);
  }

  Path socket() {
    return server.socket();
  }

  /** Says nothing to a Hello. */
  FakeService mute() {
    welcoming = false;
    return this;
  }

  @Override
  public synchronized void accepted(Link<ToMonitor, ToService> accepted) {
    link = accepted;
    accepted.start(this);
  }

  @Override
  public void acceptFailed(IOException failure) {
    throw new AssertionError(failure);
  }

  @Override
  public void onFrame(ToService frame) {
    if (frame.hasHello() && welcoming) {
      send(
          ToMonitor.newBuilder()
              .setWelcome(
                  Welcome.newBuilder()
                      .setProtocol(ProtocolVersion.MAX)
                      .setNode(NODE)
                      .setFirstRequest(FIRST_REQUEST)
                      .setHeartbeatMillis(50)));
    }
    synchronized (this) {
      heard.add(frame);
      notifyAll();
    }
  }

  @Override
  public void onClosed(LinkClosed why) {
    closed.complete(why);
  }

  void send(ToMonitor.Builder frame) {
    Link<ToMonitor, ToService> there;
    synchronized (this) {
      there = Objects.requireNonNull(link, "no monitor has connected");
    }
    var _ = there.send(frame.build());
  }

  synchronized List<ToService> heard() {
    return List.copyOf(heard);
  }

  /** Forgets what was heard, so that only what comes is awaited. */
  synchronized void forget() {
    heard.clear();
  }

  synchronized void sever() {
    Objects.requireNonNull(link).close();
  }

  LinkClosed awaitClosed() throws Exception {
    return closed.get(30, TimeUnit.SECONDS);
  }

  /** The first frame, heard already or to come, that fits. */
  ToService await(String what, Predicate<ToService> fits) throws InterruptedException {
    return await(what, 1, fits).getFirst();
  }

  synchronized List<ToService> await(String what, int count, Predicate<ToService> fits)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    while (true) {
      var found = heard.stream().filter(fits).limit(count).toList();
      if (found.size() == count) {
        return found;
      }
      long left = end - System.nanoTime();
      if (left <= 0) {
        var seen = heard.stream().filter(frame -> !frame.hasBeat()).toList();
        throw new AssertionError("waited in vain for " + what + "; heard " + seen);
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  Returned returned(long call) throws InterruptedException {
    return await(
            "the end of call " + call,
            frame -> frame.hasReturned() && frame.getReturned().getCall() == call)
        .getReturned();
  }

  /** Whether the end of a call was heard already. */
  boolean hasReturned(long call) {
    return heard().stream()
        .anyMatch(frame -> frame.hasReturned() && frame.getReturned().getCall() == call);
  }

  String progress(String beginning) throws InterruptedException {
    return await(
            "progress " + beginning,
            frame -> frame.hasProgress() && frame.getProgress().getWhat().startsWith(beginning))
        .getProgress()
        .getWhat();
  }

  void awaitReady() throws InterruptedException {
    await("Ready", ToService::hasReady);
  }

  Loaded load(PluginFolder plugin) throws InterruptedException {
    long call = ++calls;
    send(
        ToMonitor.newBuilder()
            .setLoadPlugin(
                LoadPlugin.newBuilder()
                    .setCall(call)
                    .setPlugin(plugin.id())
                    .setVersion(plugin.version())
                    .setDigest(plugin.digest())
                    .setFolder(plugin.folder().toString())));
    return await("Loaded", frame -> frame.hasLoaded() && frame.getLoaded().getCall() == call)
        .getLoaded();
  }

  Inspected inspect() throws InterruptedException {
    long request = ++calls;
    send(ToMonitor.newBuilder().setInspect(Inspect.newBuilder().setRequest(request)));
    return await(
            "Inspected",
            frame -> frame.hasInspected() && frame.getInspected().getRequest() == request)
        .getInspected();
  }

  /** Asks to open; the directory of a resource has its name. */
  long open(String resource, PluginFolder plugin, String typeClass) {
    send(ToMonitor.newBuilder().setOpenResource(opening(resource, plugin, typeClass)));
    return calls;
  }

  /** Asks to open, and to find then. */
  long openAndFind(
      String resource, PluginFolder plugin, String typeClass, CallResource.Builder find) {
    var opening = opening(resource, plugin, typeClass);
    opening.setFind(
        find.setEntryPoint(EntryPoint.FIND)
            .setCall(opening.getCall())
            .setResource(resource)
            .setEpoch(opening.getEpoch()));
    send(ToMonitor.newBuilder().setOpenResource(opening));
    return calls;
  }

  private OpenResource.Builder opening(String resource, PluginFolder plugin, String typeClass) {
    return OpenResource.newBuilder()
        .setCall(++calls)
        .setResource(resource)
        .setEpoch(epoch)
        .setName(resource)
        .setGroup("group-1")
        .setDigest(plugin.digest())
        .setTypeClass(typeClass)
        .setDirectory(directoryOf(resource).toString());
  }

  Path directoryOf(String resource) {
    return directory.resolve(resource);
  }

  long call(EntryPoint entryPoint, String resource, Map<String, List<String>> script) {
    return call(resource, callOf(entryPoint, script));
  }

  static CallResource.Builder callOf(EntryPoint entryPoint, Map<String, List<String>> script) {
    return CallResource.newBuilder()
        .setEntryPoint(entryPoint)
        .addAllProperties(SpiCodec.encode(script));
  }

  long call(String resource, CallResource.Builder call) {
    send(
        ToMonitor.newBuilder()
            .setCallResource(
                call.setCall(++calls)
                    .setResource(resource)
                    .setEpoch(call.getEpoch() == 0 ? epoch : call.getEpoch())));
    return calls;
  }

  long close(String resource) {
    send(
        ToMonitor.newBuilder()
            .setCloseResource(
                CloseResource.newBuilder().setCall(++calls).setResource(resource).setEpoch(epoch)));
    return calls;
  }

  long validate(PluginFolder plugin, String typeClass, Map<String, List<String>> properties) {
    send(
        ToMonitor.newBuilder()
            .setValidateProperties(
                ValidateProperties.newBuilder()
                    .setCall(++calls)
                    .setDigest(plugin.digest())
                    .setTypeClass(typeClass)
                    .addAllProperties(SpiCodec.encode(properties))));
    return calls;
  }

  void cancel(long call) {
    send(ToMonitor.newBuilder().setCancelCall(CancelCall.newBuilder().setCall(call)));
  }

  void poll(
      String resource,
      long looksAliveMillis,
      long isAliveMillis,
      Map<String, List<String>> script) {
    poll(
        SetPolling.newBuilder()
            .setResource(resource)
            .setLooksAliveMillis(looksAliveMillis)
            .setIsAliveMillis(isAliveMillis)
            .addAllProperties(SpiCodec.encode(script)));
  }

  void poll(SetPolling.Builder polling) {
    send(
        ToMonitor.newBuilder()
            .setSetPolling(polling.setEpoch(polling.getEpoch() == 0 ? epoch : polling.getEpoch())));
  }

  void slot(String resource, SlotState.Builder slot) {
    send(
        ToMonitor.newBuilder()
            .setSlotChanged(SlotChanged.newBuilder().setResource(resource).setSlot(slot)));
  }

  void answer(Answer.Builder answer) {
    send(ToMonitor.newBuilder().setAnswer(answer));
  }

  void shutdown() {
    send(ToMonitor.newBuilder().setShutdown(Shutdown.getDefaultInstance()));
  }

  @Override
  public void close() throws IOException {
    server.close();
    Link<ToMonitor, ToService> there;
    synchronized (this) {
      there = link;
    }
    if (there != null) {
      there.close();
    }
  }
}
