package dev.holdfast.protocol;

import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import java.io.IOException;

/** Takes in what connects to a {@link LinkServer}. Called by its accept thread, one at a time. */
public interface LinkAcceptor {

  /**
   * Somebody connected; nothing is known of him yet. The acceptor starts the link, and closes it
   * when no Hello with a nonce it gave out arrives in time.
   */
  void accepted(Link<ToMonitor, ToService> link);

  /** Accepting failed once (for want of descriptors, say); it is tried again after a pause. */
  void acceptFailed(IOException failure);
}
