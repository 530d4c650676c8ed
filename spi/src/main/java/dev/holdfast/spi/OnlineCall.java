package dev.holdfast.spi;

/**
 * A call of {@link Resource#online}, the only one that may start something; or of {@link
 * Resource#adopt}, which writes down what was started.
 */
public interface OnlineCall extends Call {
  /**
   * Has the cluster service start a process in a slot. Who it is (pid, start ticks, boot id) is
   * durable when this returns, so it is found again after any death. When the slot's occupant is
   * alive already, that one is returned and nothing is started: a slot has one living occupant.
   *
   * <p>Returns when the program was executed, not when it is ready.
   *
   * @param slot the slot's name, 1 to 64 of {@code a-z 0-9 -}
   * @param launch what to run
   * @throws ResourceException when it could not be started (no such command, no such user, …)
   */
  Slot process(String slot, Launch launch) throws ResourceException;

  /**
   * Writes down what the resource is about to have elsewhere, with this call's epoch and this node.
   * Durable when it returns; only then create or attach it, with the nonce and the epoch that this
   * returns. A death at any instant thus leaves either nothing there, or something that {@link
   * Resource#find} can ask for.
   *
   * <p>When the slot is written down already, for the same kind and key, its nonce stays: what an
   * earlier life began under it, even a request that is still on its way, is the same thing. For
   * another key it is refused until the old one is released, which a terminate does.
   *
   * @param slot the slot's name, 1 to 64 of {@code a-z 0-9 -}
   * @param kind what kind of thing, 1 to 64 of {@code a-z 0-9 -}
   * @param key what the remote system knows it by, at most {@link ExternalSlot#KEY_CHARS_MAX}
   * @return what is written down now
   * @throws ResourceException when it could not be written down, the slot has another occupant
   *     ({@code SlotTaken}), or the type does not live {@link Lives#ELSEWHERE}
   */
  ExternalSlot external(String slot, String kind, String key) throws ResourceException;

  /**
   * Keeps a few bytes for the next life: handed back by {@link Call#token}. Durable when it
   * returns. A second call replaces the first.
   *
   * @param token at most {@link #TOKEN_BYTES_MAX} bytes, holding no secret
   * @throws ResourceException when it is too long, or could not be written down
   */
  void remember(byte[] token) throws ResourceException;

  /** How long a token may be. */
  int TOKEN_BYTES_MAX = 4096;
}
