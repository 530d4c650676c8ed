package dev.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Why a link ended. For the service every cause but {@link Cause#CLOSED_HERE} means that the
 * monitor behind the link is lost.
 *
 * @param cause which of the ways it was
 * @param reason a sentence for the log: what was found
 * @param thrown what was caught, if something was
 */
public record LinkClosed(Cause cause, String reason, @Nullable Throwable thrown) {

  /** The ways a link can end. */
  public enum Cause {
    /** The other side closed its end or died. It may have died in the middle of a frame. */
    PEER_CLOSED,
    /** {@link Link#close()} was called on this side. */
    CLOSED_HERE,
    /** What arrived is no frame. Nothing that follows can be trusted, so the link is closed. */
    BAD_FRAME,
    /** More than the limit was waiting to be sent, and the other side did not read. */
    PEER_NOT_READING,
    /** The listener on this side threw: our bug. */
    LISTENER_FAILED,
    /** The socket failed in another way. */
    LOST
  }
}
