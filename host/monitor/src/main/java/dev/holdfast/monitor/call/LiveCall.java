package dev.holdfast.monitor.call;

import com.google.protobuf.ByteString;
import dev.holdfast.monitor.log.RateLimit;
import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.Answer;
import dev.holdfast.protocol.wire.EndLeft;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.protocol.wire.Progress;
import dev.holdfast.protocol.wire.SlotState;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.spi.Call;
import dev.holdfast.spi.Command;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.ExternalSlot;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.Slot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A call's object while plugin code is inside. Once it is out, every method but {@link #cancelled}
 * and {@link #epoch} throws an IllegalStateException: whoever kept it would speak for a life that
 * may be over. Thread-safe.
 */
class LiveCall implements Call {
  /** So many progress reports a second pass. */
  static final int PROGRESS_PER_SECOND = 10;

  /** So many pass at once. */
  static final int PROGRESS_BURST = 50;

  /** Longer texts are cut. */
  static final int PROGRESS_LIMIT_CHARS = 500;

  /**
   * What a call has from its resource.
   *
   * @param token empty bytes are a token, too; null is none
   */
  record Life(
      String resourceId,
      String resourceName,
      Properties properties,
      @Nullable ByteString token,
      SlotTable slots,
      ExternalTable externals,
      ServiceRequests requests,
      Outgoing outgoing) {}

  private final Entry entry;
  private final Life life;
  private final RateLimit progressLimit =
      new RateLimit(PROGRESS_PER_SECOND, PROGRESS_BURST, System::nanoTime);
  private @Nullable String lastWhat;
  private int lastPercent;
  private volatile @Nullable ByteString token;

  LiveCall(Entry entry, Life life) {
    this.entry = entry;
    this.life = life;
    this.token = life.token();
  }

  @Override
  public long epoch() {
    return entry.what().epoch();
  }

  @Override
  public Instant deadline() {
    requireAlive();
    return entry.deadline();
  }

  @Override
  public boolean cancelled() {
    return entry.isCancelled();
  }

  @Override
  public void progress(String what, int percent) {
    requireAlive();
    String cut = Failures.cut(what, PROGRESS_LIMIT_CHARS);
    int clamped = Math.clamp(percent, UNKNOWN_PERCENT, 100);
    if (!cancelled() && isNews(cut, clamped)) {
      life.outgoing()
          .send(
              ToService.newBuilder()
                  .setProgress(
                      Progress.newBuilder()
                          .setCall(entry.what().call())
                          .setResource(life.resourceId())
                          .setEpoch(epoch())
                          .setWhat(cut)
                          .setPercent(clamped))
                  .build());
    }
  }

  private synchronized boolean isNews(String what, int percent) {
    if ((what.equals(lastWhat) && percent == lastPercent) || !progressLimit.tryPass()) {
      return false;
    }
    lastWhat = what;
    lastPercent = percent;
    return true;
  }

  @Override
  public Properties properties() {
    requireAlive();
    return life.properties();
  }

  @Override
  public Optional<byte[]> token() {
    requireAlive();
    return Optional.ofNullable(token).map(ByteString::toByteArray);
  }

  @Override
  public List<Slot> slots() {
    requireAlive();
    return life.slots().names().stream().<Slot>map(name -> new CallSlot(this, name)).toList();
  }

  @Override
  public Optional<Slot> slot(String name) {
    requireAlive();
    return life.slots().find(name).map(slot -> new CallSlot(this, slot.getName()));
  }

  @Override
  public CommandResult run(Command command) throws ResourceException {
    boolean changes = command.effect() == Command.Effect.CHANGES;
    if (changes && !mayChange(entry.what().entryPoint())) {
      throw new IllegalStateException(
          "%s wanted to run %s, which may change what runs; here it may only look."
              .formatted(this, command.launch()));
    }
    String toDo = "run " + command.launch().command().get(0);
    requireWanted(toDo);
    if (changes) {
      life.slots().mayLeave();
    }
    var frames = new CommandFrames(life.resourceId(), epoch(), entry.what().call());
    PluginThreads threads = entry.what().plugin().threads();
    threads.asks();
    try {
      return SpiCodec.decode(
          life.requests().run(request -> frames.run(request, command), frames::cancel));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancelled(toDo);
    } finally {
      threads.answered();
    }
  }

  private static boolean mayChange(EntryPoint entryPoint) {
    return entryPoint == EntryPoint.ONLINE
        || entryPoint == EntryPoint.CHANGED
        || entryPoint == EntryPoint.OFFLINE
        || entryPoint == EntryPoint.TERMINATE;
  }

  @Override
  public void endLeft() throws ResourceException {
    requireAlive();
    if (!life.slots().mayHaveLeft()) {
      return; // To ask the service would cost a dead application's replacement a round trip.
    }
    ask(
        "end what commands have left",
        request ->
            ToService.newBuilder()
                .setEndLeft(
                    EndLeft.newBuilder()
                        .setRequest(request)
                        .setResource(life.resourceId())
                        .setEpoch(epoch()))
                .build());
  }

  @Override
  public List<ExternalSlot> externals() {
    requireAlive();
    return life.externals().all();
  }

  final void setToken(ByteString remembered) {
    token = remembered;
  }

  final String resourceId() {
    return life.resourceId();
  }

  final SlotTable table() {
    return life.slots();
  }

  final void requireAlive() {
    if (!entry.isInside()) {
      throw new IllegalStateException(
          this + " is over. A call's objects die with it; use those of the call you are in.");
    }
  }

  /** Refuses what would begin something new for a call nobody waits for. */
  final void requireWanted(String toDo) throws ResourceException {
    requireAlive();
    if (entry.isCancelled()) {
      throw cancelled(toDo);
    }
  }

  final @Nullable SlotState ask(String toDo, LongFunction<ToService> frame)
      throws ResourceException {
    requireAlive();
    try {
      return life.requests().ask(frame, life.slots()::update);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancelled(toDo);
    }
  }

  /** Has something elsewhere written down; returns when it is durable. */
  final ExternalSlot reserve(String toDo, LongFunction<ToService> frame) throws ResourceException {
    requireAlive();
    try {
      Answer answer =
          life.requests()
              .request(
                  frame,
                  arrived -> {
                    if (arrived.hasExternal()) {
                      life.externals().update(SpiCodec.decode(arrived.getExternal()));
                    }
                  });
      return SpiCodec.decode(answer.getExternal());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancelled(toDo);
    }
  }

  private ResourceException cancelled(String toDo) {
    return new ResourceException(
        Responsibility.RESOURCE,
        Retry.HERE,
        entry.isCancelledAs(Entry.DEADLINE_PASSED) ? Entry.DEADLINE_PASSED : Entry.CANCELLED,
        "%s wanted to %s: the call was cancelled.".formatted(this, toDo));
  }

  @Override
  public String toString() {
    return "%s of resource %s, epoch %d"
        .formatted(entry.what().entryPoint(), life.resourceName(), epoch());
  }
}
