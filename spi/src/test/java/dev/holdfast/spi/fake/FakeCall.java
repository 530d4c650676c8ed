package dev.holdfast.spi.fake;

import dev.holdfast.spi.Command;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Control;
import dev.holdfast.spi.ControlCall;
import dev.holdfast.spi.ExternalSlot;
import dev.holdfast.spi.InvalidPropertiesException;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.OfflineCall;
import dev.holdfast.spi.OfflineReason;
import dev.holdfast.spi.OnlineCall;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.Slot;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A call of any entry point. Calls made from one {@link FakeSlots} see the same processes, as calls
 * before and after the death of a monitor do.
 */
public final class FakeCall implements OnlineCall, OfflineCall, ControlCall {
  private final FakeSlots slots;
  private final Properties properties;
  private final Instant deadline;
  private final List<String> progress = new CopyOnWriteArrayList<>();
  private volatile boolean cancelled;
  private long epoch = 1;
  private @Nullable Control control;
  private @Nullable Properties parameters;

  public FakeCall(FakeSlots slots, Properties properties, Duration limit) {
    this.slots = slots;
    this.properties = properties;
    this.deadline = Instant.now().plus(limit);
  }

  /** The same call in another epoch than 1. */
  public FakeCall in(long epoch) {
    this.epoch = epoch;
    return this;
  }

  /** The same call as one that asks for a control. */
  public FakeCall asking(Control control, Map<String, List<String>> parameters)
      throws InvalidPropertiesException {
    this.control = control;
    this.parameters = control.check(parameters);
    return this;
  }

  /** Gives the call up, without interrupting anyone. */
  public void cancel() {
    cancelled = true;
  }

  /** What was reported, oldest first, without what was said twice in a row. */
  public List<String> progressed() {
    return List.copyOf(progress);
  }

  @Override
  public Slot process(String slot, Launch launch) throws ResourceException {
    return slots.occupy(slot, launch);
  }

  @Override
  public ExternalSlot external(String slot, String kind, String key) throws ResourceException {
    return slots.external(slot, kind, key, epoch);
  }

  @Override
  public List<ExternalSlot> externals() {
    return slots.externals();
  }

  @Override
  public Control control() {
    return Objects.requireNonNull(control, "this call asks for no control");
  }

  @Override
  public Properties parameters() {
    return Objects.requireNonNull(parameters, "this call asks for no control");
  }

  @Override
  public void remember(byte[] token) {
    slots.remember(token.clone());
  }

  @Override
  public OfflineReason reason() {
    return OfflineReason.OPERATOR;
  }

  @Override
  public long epoch() {
    return epoch;
  }

  @Override
  public Instant deadline() {
    return deadline;
  }

  @Override
  public boolean cancelled() {
    return cancelled;
  }

  @Override
  public void progress(String what, int percent) {
    if (progress.isEmpty() || !progress.get(progress.size() - 1).equals(what)) {
      progress.add(what);
    }
  }

  @Override
  public Properties properties() {
    return properties;
  }

  @Override
  public Optional<byte[]> token() {
    return slots.token().map(byte[]::clone);
  }

  @Override
  public List<Slot> slots() {
    return slots.all();
  }

  @Override
  public Optional<Slot> slot(String name) {
    return slots.find(name);
  }

  @Override
  public CommandResult run(Command command) throws ResourceException {
    return slots.commands().run(command);
  }

  @Override
  public void endLeft() {
    slots.commands().endLeft();
  }

  /** The directory that a launch without one runs in. */
  public Path directory() {
    return slots.directory();
  }
}
