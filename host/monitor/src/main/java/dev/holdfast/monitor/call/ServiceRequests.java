package dev.holdfast.monitor.call;

import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.wire.Answer;
import dev.holdfast.protocol.wire.CommandOutcome;
import dev.holdfast.protocol.wire.SlotState;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What plugin code asked the service for and waits for. Thread-safe.
 *
 * <p>An answer does its work (a slot is updated) on the link's thread when it arrives, in its place
 * among the frames, and whether or not the thread that asked is still there: a process that was
 * started runs, even if the call that wanted it was cancelled meanwhile.
 */
public final class ServiceRequests {
  /** The code of a failure: the service went away before it answered. */
  static final String SERVICE_GONE = "ServiceGone";

  private record Pending(Consumer<Answer> arrived, CompletableFuture<Answer> answer) {}

  private final Outgoing outgoing;
  private final AtomicLong numbers = new AtomicLong(1);
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Over a link. */
  public ServiceRequests(Outgoing outgoing) {
    this.outgoing = outgoing;
  }

  /**
   * The number of the first request. The service gives each life of a monitor numbers of its own,
   * since it answers whoever has the monitor's name: the late answer to a request of a life that is
   * over must not be taken for one to a request of this life.
   */
  public void beginWith(long number) {
    numbers.set(number);
  }

  /**
   * Asks, and waits for the answer.
   *
   * @param frame makes the frame from the request's number
   * @param slot takes the slot that the answer tells of, on the link's thread
   * @return the slot, where the answer told of one
   * @throws ResourceException the service refused or is gone
   * @throws InterruptedException the call was cancelled; the request goes on
   */
  @Nullable SlotState ask(LongFunction<ToService> frame, Consumer<SlotState> slot)
      throws ResourceException, InterruptedException {
    Answer answer =
        request(
            frame,
            arrived -> {
              if (arrived.hasSlot()) {
                slot.accept(arrived.getSlot());
              }
            });
    return answer.hasSlot() ? answer.getSlot() : null;
  }

  /**
   * Has a command run, and waits for its end.
   *
   * @param cancel makes the frame that tells that nobody waits for the command any more
   * @throws ResourceException the service refused or is gone
   * @throws InterruptedException the call was cancelled, and the service told so
   */
  CommandOutcome run(LongFunction<ToService> frame, LongFunction<ToService> cancel)
      throws ResourceException, InterruptedException {
    return request(frame, _ -> {}, cancel).getCommand();
  }

  /**
   * Asks, and waits for the answer.
   *
   * @param arrived takes the answer, on the link's thread
   * @return what is no failure
   */
  Answer request(LongFunction<ToService> frame, Consumer<Answer> arrived)
      throws ResourceException, InterruptedException {
    return request(frame, arrived, null);
  }

  private Answer request(
      LongFunction<ToService> frame,
      Consumer<Answer> arrived,
      @Nullable LongFunction<ToService> cancel)
      throws ResourceException, InterruptedException {
    long number = numbers.getAndIncrement();
    var request = new Pending(arrived, new CompletableFuture<>());
    pending.put(number, request);
    if (closed) {
      close();
    }
    outgoing.send(frame.apply(number));
    Answer answer;
    try {
      answer = request.answer().get();
    } catch (ExecutionException e) {
      throw gone();
    } catch (InterruptedException e) {
      if (cancel != null) {
        outgoing.send(cancel.apply(number));
      }
      throw e;
    }
    return switch (answer.getResultCase()) {
      case OK, SLOT, COMMAND, EXTERNAL -> answer;
      case FAILURE -> throw Failures.exception(answer.getFailure());
      case RESULT_NOT_SET ->
          throw new ResourceException(
              Responsibility.INTERNAL,
              Retry.HERE,
              "EmptyAnswer",
              "The cluster service answered request " + number + " with nothing.");
    };
  }

  /**
   * An answer has arrived.
   *
   * @return false: nobody asked
   */
  public boolean answered(Answer answer) {
    var request = pending.remove(answer.getRequest());
    if (request == null) {
      return false;
    }
    request.arrived().accept(answer);
    request.answer().complete(answer);
    return true;
  }

  /** The service is gone: nobody waits any longer, and whoever asks from now on is told. */
  public void close() {
    closed = true;
    pending.values().forEach(request -> request.answer().completeExceptionally(gone()));
    pending.clear();
  }

  private static ResourceException gone() {
    return new ResourceException(
        Responsibility.ENVIRONMENT,
        Retry.HERE,
        SERVICE_GONE,
        "The cluster service went away before it answered; whether it did what was asked is"
            + " unknown.");
  }
}
