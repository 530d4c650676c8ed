package dev.holdfast.service.event;

/** Ends the delivery of events to a subscriber of {@link EventLog#follow}. */
public interface EventSubscription extends AutoCloseable {
  /** Nothing is delivered after this returns, but for what is being delivered already. */
  @Override
  void close();
}
