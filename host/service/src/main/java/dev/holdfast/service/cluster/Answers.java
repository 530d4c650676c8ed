package dev.holdfast.service.cluster;

import dev.holdfast.cluster.MonitorName;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.Answer;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.service.slot.SlotException;
import dev.holdfast.service.supervision.Monitors;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers to what monitors ask the service for. Thread-safe. */
final class Answers {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  private final Monitors monitors;

  Answers(Monitors monitors) {
    this.monitors = monitors;
  }

  /** What was asked for failed. */
  void failed(MonitorName monitor, long request, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
    if (cause instanceof SlotException refused) {
      refuse(
          monitor,
          request,
          refused.code(),
          refused.responsibility(),
          refused.retry(),
          String.valueOf(refused.getMessage()));
    } else {
      LOG.error("A request of {} failed", monitor, cause);
      refuse(
          monitor,
          request,
          "Internal",
          "The cluster service could not do it: " + cause.getMessage());
    }
  }

  /** What was asked for will not be done. */
  void refuse(MonitorName monitor, long request, String code, String message) {
    refuse(monitor, request, code, Responsibility.INTERNAL, Retry.HERE, message);
  }

  private void refuse(
      MonitorName monitor,
      long request,
      String code,
      Responsibility responsibility,
      Retry retry,
      String message) {
    send(
        monitor,
        Answer.newBuilder()
            .setRequest(request)
            .setFailure(
                dev.holdfast.protocol.wire.Failure.newBuilder()
                    .setCode(code)
                    .setResponsibility(SpiCodec.encode(responsibility))
                    .setRetry(SpiCodec.encode(retry))
                    .setMessage(message)));
  }

  /** What came of it. */
  void send(MonitorName monitor, Answer.Builder answer) {
    if (!monitors.send(monitor, ToMonitor.newBuilder().setAnswer(answer).build())) {
      // Whoever asked is dead; what was done is written down, and find will see it.
      LOG.debug("Nobody waits for the answer to request {}", answer.getRequest());
    }
  }
}
