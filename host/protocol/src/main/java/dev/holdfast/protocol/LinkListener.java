package dev.holdfast.protocol;

/**
 * Hears what arrives on a {@link Link}. All calls come from the link's reader thread, one at a
 * time, frames in the order they were sent, {@link #onClosed} last and once. A listener hands work
 * on and returns: while it runs nothing else of this link is read. What it throws closes the link
 * with {@link LinkClosed.Cause#LISTENER_FAILED}.
 *
 * @param <R> what is received
 */
public interface LinkListener<R> {

  /** A frame has arrived. */
  void onFrame(R frame);

  /** The link has ended; nothing more will arrive, and nothing more is sent. */
  void onClosed(LinkClosed why);
}
