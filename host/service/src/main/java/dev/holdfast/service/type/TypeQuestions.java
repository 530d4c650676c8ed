package dev.holdfast.service.type;

import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.supervision.Monitors;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * Questions to the code of types: each is put to a monitor that has loaded the type's plugin, and
 * waits for one answer or for the monitor's death. Thread-safe.
 *
 * @param <A> what monitors answer
 */
final class TypeQuestions<A> {
  private final TypeResolver types;
  private final Monitors monitors;
  private final LongSupplier callNumbers;
  private final Map<Long, Question<A>> waiting = new ConcurrentHashMap<>();

  private record Question<A>(MonitorName monitor, CompletableFuture<A> answer) {}

  TypeQuestions(TypeResolver types, Monitors monitors, LongSupplier callNumbers) {
    this.types = types;
    this.monitors = monitors;
    this.callNumbers = callNumbers;
  }

  /** To be told of answers. */
  void answered(long call, A answer) {
    Question<A> question = waiting.remove(call);
    if (question != null) {
      question.answer().complete(answer);
    }
  }

  /** To be told of deaths: nobody waits for what the dead were asked. */
  void died(MonitorName monitor, String reason) {
    for (Question<A> question : waiting.values()) {
      if (question.monitor().equals(monitor)) {
        question
            .answer()
            .completeExceptionally(
                new IllegalStateException("the monitor %s died: %s".formatted(monitor, reason)));
      }
    }
  }

  /**
   * Asks, and waits for the answer.
   *
   * @param frame the question, for the number of its call
   * @param limit how long it may take, loading the plugin included
   * @throws ExecutionException the type cannot be resolved or loaded, or the monitor is not there
   *     or died; the cause says which
   * @throws ApiException.Unreachable the service is stopping
   */
  A ask(MonitorName monitor, TypeRegistration type, LongFunction<ToMonitor> frame, Duration limit)
      throws ExecutionException, TimeoutException {
    TypeRegistration.Version version = type.version();
    long call = callNumbers.getAsLong();
    var answered = new CompletableFuture<A>();
    waiting.put(call, new Question<>(monitor, answered));
    try {
      return types
          .resolve(monitor, type)
          .thenCompose(
              folder ->
                  monitors.load(
                      monitor,
                      LoadPlugin.newBuilder()
                          .setCall(callNumbers.getAsLong())
                          .setPlugin(version.plugin())
                          .setVersion(version.pluginVersion())
                          .setDigest(version.digest())
                          .setFolder(folder.toString())
                          .build()))
          .thenCompose(
              loaded -> {
                if (loaded.hasFailure()) {
                  throw new IllegalStateException(loaded.getFailure().getMessage());
                }
                if (!monitors.send(monitor, frame.apply(call))) {
                  throw new IllegalStateException("the monitor " + monitor + " is not there");
                }
                return answered;
              })
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException.Unreachable("Stopping", "The service is stopping.");
    } finally {
      waiting.remove(call);
    }
  }
}
