package dev.holdfast.spi;

/** A call of {@link Resource#online}: the only one that may start something. */
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
