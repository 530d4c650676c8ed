package dev.holdfast.service.chronicle;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.FailureReason;
import dev.holdfast.cluster.Notice;
import dev.holdfast.service.event.EventId;
import dev.holdfast.service.event.NewEvent;
import java.util.Optional;

/**
 * MSCS's events 1040 to 1042, which its Generic Service wrote itself before the cluster service
 * wrote that the resource had failed.
 */
final class GenericServiceEvents {
  private static final String TYPE = "Generic Service";

  /** The code with which the type says that there is nothing to start. */
  private static final String NOT_OPENED = "ServiceNotOpened";

  private GenericServiceEvents() {}

  /** The event that goes before 1069, if this failure is one of a Generic Service's. */
  static Optional<NewEvent> of(ClusterResource resource, Notice failed) {
    if (!resource.config().type().equalsIgnoreCase(TYPE)) {
      return Optional.empty();
    }
    String reason = failed.details().getOrDefault(Notice.REASON, "");
    return id(reason, failed.details().getOrDefault(Notice.CODE, ""))
        .map(id -> id.of(resource.config().name(), failed.cause()));
  }

  private static Optional<EventId> id(String reason, String code) {
    if (code.equals(NOT_OPENED)) {
      return Optional.of(EventId.SERVICE_NOT_OPENED);
    }
    if (is(FailureReason.EXCEPTION, reason) || is(FailureReason.TIMEOUT, reason)) {
      return Optional.of(EventId.SERVICE_NOT_STARTED);
    }
    return is(FailureReason.CHECK, reason) || is(FailureReason.ABSENT, reason)
        ? Optional.of(EventId.SERVICE_FAILED)
        : Optional.empty();
  }

  private static boolean is(FailureReason reason, String told) {
    return reason.toString().equals(told);
  }
}
