package dev.holdfast.spi;

import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.time.Duration;
import java.util.Objects;

/**
 * A resource that is one process, in the slot {@link #SLOT}. What to run is all a subclass has to
 * say; finding the process again after the death of a monitor or of the cluster service comes with
 * it.
 */
public abstract class ProcessResource implements Resource {
  /** The slot that the process is in. */
  public static final String SLOT = "main";

  private static final Duration FIRST_WAIT = Duration.ofMillis(10);
  private static final Duration LONGEST_WAIT = Duration.ofMillis(250);

  private final Context context;

  protected ProcessResource(Context context) {
    this.context = Objects.requireNonNull(context, "context");
  }

  protected final Context context() {
    return context;
  }

  /** What to run. Looks nothing up that could differ between two calls with the same properties. */
  protected abstract Launch launch(Properties properties) throws ResourceException;

  /**
   * Whether the process does its work already: asked at short intervals while it comes online, and
   * by {@link #isAlive}. Only called while the process runs.
   */
  protected boolean ready(Properties properties) throws Exception {
    return true;
  }

  /**
   * The same with its reason, for those who can say one: {@code HTTP 503 from …}. Override this or
   * {@link #ready}; anything but Failed counts as ready.
   */
  protected Health readiness(Properties properties) throws Exception {
    return ready(properties)
        ? Health.alive()
        : Health.failed("the process runs, but it is not ready");
  }

  /** How long the process may take to stop by itself. */
  protected Duration stopGrace(Properties properties) {
    return Duration.ofSeconds(10);
  }

  /** Running when the slot's process is alive, else Absent. */
  @Override
  public Found find(Call call) throws Exception {
    return call.slot(SLOT)
        .map(slot -> slot.alive() ? Found.running(describe(slot)) : Found.absent(ended(slot)))
        .orElseGet(() -> Found.absent("slot " + SLOT + " was never occupied"));
  }

  /**
   * Starts the process and waits until it is {@link #ready}.
   *
   * @throws ResourceException with the code ProcessEnded when it ended before, NotReady when the
   *     deadline passed, Cancelled when the host gave up
   */
  @Override
  public void online(OnlineCall call) throws Exception {
    Slot slot = call.process(SLOT, launch(call.properties()));
    Duration wait = FIRST_WAIT;
    while (true) {
      requireAlive(slot);
      if (!(readiness(call.properties()) instanceof Health.Failed failed)) {
        // What answered may have been someone else on the same port.
        requireAlive(slot);
        return;
      }
      call.progress("waiting for readiness", Call.UNKNOWN_PERCENT);
      requireTime(call, slot, failed);
      Thread.sleep(wait.toMillis());
      wait = shorter(wait.multipliedBy(2), LONGEST_WAIT);
    }
  }

  /** Stops the process by its stop signal, and kills it after {@link #stopGrace}. */
  @Override
  public void offline(OfflineCall call) throws Exception {
    for (Slot slot : call.slots()) {
      slot.stop(stopGrace(call.properties()));
    }
  }

  /** What {@link #readiness} says, when the process runs. */
  @Override
  public Health isAlive(Call call) throws Exception {
    Health health = looksAlive(call);
    if (!(health instanceof Health.Alive)) {
      return health;
    }
    return readiness(call.properties());
  }

  /** Alive when the process runs. */
  @Override
  public Health looksAlive(Call call) throws Exception {
    return call.slot(SLOT)
        .map(slot -> slot.alive() ? Health.alive() : Health.failed(ended(slot)))
        .orElseGet(() -> Health.failed("no process was started"));
  }

  private static void requireAlive(Slot slot) throws ResourceException {
    if (!slot.alive()) {
      throw new ResourceException(
          Responsibility.RESOURCE,
          Retry.HERE,
          "ProcessEnded",
          "Waited for the process to be ready: " + ended(slot) + ". Its output may say why.");
    }
  }

  private void requireTime(Call call, Slot slot, Health.Failed failed) throws ResourceException {
    if (call.cancelled()) {
      throw notReady("Cancelled", slot, "the call was cancelled; last seen: " + failed.why());
    }
    if (!context.clock().instant().isBefore(call.deadline())) {
      throw notReady("NotReady", slot, "the time is over; last seen: " + failed.why());
    }
  }

  private static ResourceException notReady(String code, Slot slot, String found) {
    return new ResourceException(
        Responsibility.RESOURCE,
        Retry.HERE,
        code,
        "Waited for the process (" + describe(slot) + ") to be ready: " + found + ".");
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static String describe(Slot slot) {
    return "slot "
        + slot.name()
        + (slot.pid().isPresent() ? ", pid " + slot.pid().getAsLong() : "");
  }

  private static String ended(Slot slot) {
    return describe(slot) + " ended" + slot.exit().map(exit -> " (" + exit + ")").orElse("");
  }
}
