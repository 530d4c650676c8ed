package dev.holdfast.monitor.call;

import dev.holdfast.protocol.wire.ToService;

/** Where frames for the service go. Thread-safe; frames of one thread stay in order. */
public interface Outgoing {
  /** Queues a frame; one that finds no link is lost, and the monitor about to end. */
  void send(ToService frame);

  /** The same, but it may wait for the next frame: for a heartbeat, at most. */
  default void sendWithNext(ToService frame) {
    send(frame);
  }
}
