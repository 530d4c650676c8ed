package dev.holdfast.monitor.call;

import com.google.protobuf.ByteString;
import dev.holdfast.monitor.log.RateLimit;
import dev.holdfast.monitor.log.ResourceLogger;
import dev.holdfast.monitor.plugin.LoadedType;
import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.CallResource;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.protocol.wire.HeldResource;
import dev.holdfast.protocol.wire.OpenResource;
import dev.holdfast.protocol.wire.PropertyText;
import dev.holdfast.protocol.wire.SetPolling;
import dev.holdfast.protocol.wire.Signalled;
import dev.holdfast.protocol.wire.SlotState;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.spi.Control;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.InvalidPropertiesException;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Reply;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One resource in this monitor, from its open to its close: who may enter it, what it was told, and
 * what it is polled for. What the service sends comes from the link's thread; what plugin code says
 * comes from any. Thread-safe.
 */
final class OpenedResource {
  /** So many signals of one resource pass a second. */
  static final int SIGNALS_PER_SECOND = 10;

  /**
   * Properties as they were read.
   *
   * @param text a frame's list, which does not change; polls come with the very same
   */
  private record Decoded(List<PropertyText> text, Properties properties) {}

  private final OpenResource opened;
  private final LoadedType type;
  private final PluginHost plugin;
  private final Surroundings surroundings;
  private final ServiceRequests requests;
  private final Consumer<CallResource> terminate;
  private final SlotTable slots = new SlotTable();
  private final ExternalTable externals = new ExternalTable();
  private final Gate gate;
  private final ResourceContext context;
  private final RateLimit signals;
  private final Checks checks = new Checks();
  private volatile @Nullable Resource resource;
  private volatile @Nullable Decoded decoded;
  private @Nullable Polling polling;
  private long epoch;

  @SuppressWarnings("this-escape") // Nobody calls back before open() is entered.
  OpenedResource(
      OpenResource opened,
      String node,
      LoadedType type,
      PluginHost plugin,
      Surroundings surroundings,
      ServiceRequests requests,
      Consumer<CallResource> terminate) {
    this.opened = opened;
    this.type = type;
    this.plugin = plugin;
    this.surroundings = surroundings;
    this.requests = requests;
    this.terminate = terminate;
    this.epoch = opened.getEpoch();
    this.gate = new Gate(opened.getName(), plugin.threads()::run, this::gateIsFree);
    this.signals = new RateLimit(SIGNALS_PER_SECOND, SIGNALS_PER_SECOND, System::nanoTime);
    var logger =
        new ResourceLogger(
            type.description().registeredName(),
            opened.getResource(),
            plugin.label(),
            new RateLimit(
                ResourceLogger.LINES_PER_SECOND, ResourceLogger.BURST_LINES, System::nanoTime),
            line -> surroundings.outgoing().send(ToService.newBuilder().setLogLine(line).build()),
            told -> surroundings.alarms().in(ResourceLogger.TELL_DROPPED_AFTER, told));
    this.context =
        new ResourceContext(
            new ResourceContext.Identity(
                opened.getResource(),
                opened.getName(),
                opened.getGroup(),
                node,
                Path.of(opened.getDirectory())),
            logger,
            new ContextThreads(
                opened.getName(),
                plugin.loader(),
                (thread, thrown) ->
                    logger.log(
                        System.Logger.Level.ERROR, "Thread " + thread.getName() + " died", thrown)),
            surroundings.clock(),
            this::signal);
  }

  String id() {
    return opened.getResource();
  }

  Lives lives() {
    return type.description().lives();
  }

  synchronized long epoch() {
    return epoch;
  }

  /** How it stands here now. */
  synchronized HeldResource held() {
    var held =
        HeldResource.newBuilder().setResource(id()).setEpoch(epoch).setDigest(opened.getDigest());
    if (polling != null) {
      held.setPolledEpoch(polling.epoch());
    }
    return held.build();
  }

  /** Takes an epoch in; false when it is older than what is known. */
  boolean advance(long told) {
    Polling stopped = null;
    synchronized (this) {
      if (told < epoch) {
        return false;
      }
      if (told == epoch) {
        return true;
      }
      epoch = told;
      if (polling != null && polling.epoch() < told) {
        stopped = polling;
        polling = null;
      }
    }
    if (stopped != null) {
      stopped.stop();
    }
    gate.cancelBefore(told);
    return true;
  }

  /** The entry of the type's open. */
  Entry open(Consumer<Outcome> outcome) {
    var entry =
        entry(EntryPoint.OPEN, opened.getCall(), opened.getEpoch(), null, this::open, outcome);
    gate.enter(entry);
    return entry;
  }

  private Object open(Entry entry) throws Exception {
    try {
      // It is there after every death of a monitor, and that is told by an exception otherwise.
      if (!Files.isDirectory(context.directory())) {
        Files.createDirectories(context.directory());
      }
    } catch (IOException e) {
      throw new ResourceException(
          Responsibility.ENVIRONMENT,
          Retry.OTHER_NODE,
          "DirectoryFailed",
          "The directory %s of resource %s cannot be made: %s"
              .formatted(context.directory(), opened.getName(), e),
          e);
    }
    resource = notNull(type.type().open(context), "open");
    return Outcome.Nothing.NOTHING;
  }

  /** The entry of a call. */
  Entry call(CallResource call, Consumer<Outcome> outcome) {
    slots.replaceAll(call.getSlotsList(), call.getMayHaveLeft());
    externals.replaceAll(call.getExternalsList());
    var entry = entry(call, outcome);
    if (call.getEntryPoint() == EntryPoint.TERMINATE) {
      plugin.threads().runFirst(entry);
    } else {
      gate.enter(entry);
    }
    return entry;
  }

  /**
   * The entry of a terminate behind the check that failed, with the slots as they are now. What
   * comes meanwhile, an offline perhaps, waits behind it.
   */
  Entry terminateInTurn(CallResource call, Consumer<Outcome> outcome) {
    var entry = entry(call, outcome);
    gate.enter(entry);
    return entry;
  }

  /** The entry of a find with what a call before it was given, and the slots as they are now. */
  Entry findAfter(CallResource call, Consumer<Outcome> outcome) {
    var entry = entry(call.toBuilder().setEntryPoint(EntryPoint.FIND).build(), outcome);
    gate.enter(entry);
    return entry;
  }

  private Entry entry(CallResource call, Consumer<Outcome> outcome) {
    Duration deadline =
        call.getDeadlineMillis() > 0 ? Duration.ofMillis(call.getDeadlineMillis()) : null;
    return entry(
        call.getEntryPoint(),
        call.getCall(),
        call.getEpoch(),
        deadline,
        inside -> enter(inside, call),
        outcome);
  }

  private Object enter(Entry entry, CallResource call) throws Exception {
    var life = life(call.getPropertiesList(), call.hasToken() ? call.getToken() : null);
    Resource inside = required();
    return switch (call.getEntryPoint()) {
      case FIND -> notNull(inside.find(new LiveCall(entry, life)), "find");
      case ONLINE -> {
        inside.online(new LiveOnlineCall(entry, life));
        yield Outcome.Nothing.NOTHING;
      }
      case ADOPT -> {
        inside.adopt(new LiveOnlineCall(entry, life));
        yield Outcome.Nothing.NOTHING;
      }
      case OFFLINE -> {
        inside.offline(new LiveOfflineCall(entry, life, SpiCodec.decode(call.getOfflineReason())));
        yield Outcome.Nothing.NOTHING;
      }
      case TERMINATE -> {
        inside.terminate(new LiveCall(entry, life));
        yield Outcome.Nothing.NOTHING;
      }
      case LOOKS_ALIVE -> notNull(inside.looksAlive(new LiveCall(entry, life)), "looksAlive");
      case IS_ALIVE -> notNull(inside.isAlive(new LiveCall(entry, life)), "isAlive");
      case CONTROL -> control(entry, life, call);
      case CHANGED -> {
        inside.changed(new LiveCall(entry, life), declared(call.getChangedList()));
        yield Outcome.Nothing.NOTHING;
      }
      case OPEN, CLOSE, LOAD, VALIDATE, ENTRY_POINT_NONE, UNRECOGNIZED ->
          throw new ResourceException(
              Responsibility.INTERNAL,
              Retry.NOWHERE,
              "UnknownEntryPoint",
              call.getEntryPoint() + " is no entry point that CallResource can ask for.");
    };
  }

  /** The properties of these names, as this very version of the type declares them. */
  private Set<Property<?>> declared(List<String> names) {
    var properties = new LinkedHashSet<Property<?>>();
    names.forEach(name -> type.description().property(name).ifPresent(properties::add));
    return Collections.unmodifiableSet(properties);
  }

  private Reply control(Entry entry, LiveCall.Life life, CallResource call) throws Exception {
    Control control =
        type.description()
            .control(call.getControl())
            .orElseThrow(
                () ->
                    new ResourceException(
                        Responsibility.INTERNAL,
                        Retry.NOWHERE,
                        "UnknownControl",
                        "Type %s declares no control %s."
                            .formatted(type.description().registeredName(), call.getControl())));
    Properties parameters;
    try {
      // Once more: here a parameter's own check is there, too.
      parameters = control.check(SpiCodec.decode(call.getParametersList()));
    } catch (InvalidPropertiesException e) {
      throw new ResourceException(
          Responsibility.USER,
          Retry.NOWHERE,
          Failures.INVALID_PARAMETERS,
          String.valueOf(e.getMessage()),
          e);
    }
    Reply reply =
        notNull(
            required().control(new LiveControlCall(entry, life, control, parameters)), "control");
    if (!reply.isHandled()) {
      throw new ResourceException(
          Responsibility.INTERNAL,
          Retry.NOWHERE,
          "ControlNotHandled",
          "Type %s declares the control %s, and does not handle it."
              .formatted(type.description().registeredName(), control.name()));
    }
    return reply;
  }

  /** The entry of close. Whatever it does, the resource is over then. */
  Entry close(long call, @Nullable Duration deadline, Consumer<Outcome> outcome) {
    stopPolling();
    var entry = entry(EntryPoint.CLOSE, call, epoch(), deadline, _ -> close(), outcome);
    gate.enter(entry);
    return entry;
  }

  private Object close() {
    Resource inside = resource;
    if (inside != null) {
      inside.close();
    }
    return Outcome.Nothing.NOTHING;
  }

  /** Terminates and closes, beside whatever is inside: for what lives in this monitor. */
  Entry release(Duration deadline, Consumer<Outcome> outcome) {
    stopPolling();
    var entry =
        entry(
            EntryPoint.TERMINATE,
            0,
            epoch(),
            deadline,
            inside -> {
              var known = decoded;
              if (known != null) { // Else it was never called, and there is nothing to end.
                required().terminate(new LiveCall(inside, life(known.properties(), null)));
              }
              return close();
            },
            outcome);
    plugin.threads().runFirst(entry);
    return entry;
  }

  /** After close, or when it could not be opened: nobody enters any more, its threads end. */
  void over() {
    stopPolling();
    gate.close();
    context.close();
  }

  /** Replaces the polling there was. */
  void setPolling(SetPolling settings) {
    slots.replaceAll(settings.getSlotsList(), settings.getMayHaveLeft());
    externals.replaceAll(settings.getExternalsList());
    stopPolling();
    if (settings.getLooksAliveMillis() <= 0 && settings.getIsAliveMillis() <= 0) {
      return;
    }
    var begun = new Polling(settings, opened.getName(), gate, checks, surroundings);
    synchronized (this) {
      polling = begun;
    }
    begun.begin();
    if (slots.hasEnded()) {
      begun.checkNow(); // Between the online's return and now, perhaps.
    }
  }

  private final class Checks implements Polling.Checks {
    @Override
    public Entry check(
        EntryPoint kind, SetPolling settings, Duration limit, Consumer<Outcome> outcome) {
      return OpenedResource.this.check(kind, settings, limit, outcome);
    }

    @Override
    public void terminate(SetPolling settings) {
      var frame =
          CallResource.newBuilder()
              .setCall(settings.getTerminateCall())
              .setResource(settings.getResource())
              .setEpoch(settings.getEpoch())
              .setEntryPoint(EntryPoint.TERMINATE)
              .setDeadlineMillis(settings.getTerminateDeadlineMillis())
              .addAllProperties(settings.getPropertiesList())
              .setThenFind(true);
      if (settings.hasToken()) {
        frame.setToken(settings.getToken());
      }
      terminate.accept(frame.build());
    }
  }

  private Entry check(
      EntryPoint kind, SetPolling settings, Duration limit, Consumer<Outcome> outcome) {
    return entry(
        kind,
        0,
        settings.getEpoch(),
        limit,
        entry -> {
          var life =
              life(settings.getPropertiesList(), settings.hasToken() ? settings.getToken() : null);
          var call = new LiveCall(entry, life);
          Resource inside = required();
          return kind == EntryPoint.IS_ALIVE
              ? notNull(inside.isAlive(call), "isAlive")
              : notNull(inside.looksAlive(call), "looksAlive");
        },
        outcome);
  }

  /**
   * The end of a process is looked into at once, as MSCS did when the event handle was signalled.
   */
  void slotChanged(SlotState slot) {
    if (!slots.ended(slot)) {
      surroundings.late();
      return;
    }
    Polling online;
    synchronized (this) {
      online = polling;
    }
    if (online != null) {
      online.checkNow();
    }
  }

  private void signal(Health health) {
    Polling online;
    synchronized (this) {
      online = polling;
    }
    if (online == null || !signals.tryPass()) {
      return; // Not Online; or it was said often enough this second, and IsAlive looks anyway.
    }
    surroundings
        .outgoing()
        .send(
            ToService.newBuilder()
                .setSignalled(
                    Signalled.newBuilder()
                        .setResource(id())
                        .setEpoch(online.epoch())
                        .setHealth(SpiCodec.encode(health)))
                .build());
    if (health instanceof Health.Failed) {
      online.checkNow();
    }
  }

  private void stopPolling() {
    Polling stopped;
    synchronized (this) {
      stopped = polling;
      polling = null;
    }
    if (stopped != null) {
      stopped.stop();
    }
  }

  private void gateIsFree() {
    Polling waiting;
    synchronized (this) {
      waiting = polling;
    }
    if (waiting != null) {
      waiting.gateIsFree();
    }
  }

  private Entry entry(
      EntryPoint entryPoint,
      long call,
      long inEpoch,
      @Nullable Duration deadline,
      Entry.Body body,
      Consumer<Outcome> outcome) {
    return Entry.waiting(
        new Entry.What(
            entryPoint, call, id(), "resource " + opened.getName(), plugin, inEpoch, deadline),
        surroundings,
        body,
        outcome,
        gate);
  }

  private LiveCall.Life life(List<PropertyText> text, @Nullable ByteString token)
      throws ResourceException {
    return life(properties(text), token);
  }

  private LiveCall.Life life(Properties properties, @Nullable ByteString token) {
    return new LiveCall.Life(
        id(),
        opened.getName(),
        properties,
        token,
        slots,
        externals,
        requests,
        surroundings.outgoing());
  }

  /** Decodes on a plugin thread, because a property's check is plugin code. */
  private Properties properties(List<PropertyText> text) throws ResourceException {
    var known = decoded;
    if (known != null && known.text().equals(text)) {
      return known.properties();
    }
    try {
      var properties = Properties.of(type.description(), SpiCodec.decode(text));
      decoded = new Decoded(text, properties);
      return properties;
    } catch (InvalidPropertiesException e) {
      throw new ResourceException(
          Responsibility.USER,
          Retry.NOWHERE,
          "InvalidProperties",
          "Resource %s cannot be used with its properties: %s"
              .formatted(opened.getName(), e.getMessage()),
          e);
    }
  }

  private Resource required() throws ResourceException {
    Resource inside = resource;
    if (inside == null) {
      throw new ResourceException(
          Responsibility.INTERNAL,
          Retry.HERE,
          Gate.NOT_OPEN,
          "Resource " + opened.getName() + " is not open yet.");
    }
    return inside;
  }

  private <T> T notNull(@Nullable T value, String method) throws ResourceException {
    if (value == null) {
      throw new ResourceException(
          Responsibility.INTERNAL,
          Retry.NOWHERE,
          "NullReturned",
          "%s of type %s returned null.".formatted(method, type.description().registeredName()));
    }
    return value;
  }
}
