package dev.holdfast.service.operation;

import dev.holdfast.service.api.ApiException;

/**
 * Whose turn it is to change the cluster by a file: one at a time. Who waits for something lets go
 * of the turn, and has it back only if nobody used another meanwhile. Thread-safe.
 */
final class Turns {
  private static final long NOBODY = 0;

  private long given;
  private long holder = NOBODY;

  /** Whose turn was the last that changed something. */
  private long changed = NOBODY;

  /**
   * Takes a turn; its number.
   *
   * @throws ApiException.Conflict another has it
   */
  synchronized long take() {
    if (holder != NOBODY) {
      throw new ApiException.Conflict(
          "ApplyRunning",
          null,
          "Another cluster file is being applied; nothing was changed. Wait for its end, look with"
              + " holdfast diff, and apply again.");
    }
    holder = ++given;
    return holder;
  }

  /** The one whose turn it is has changed something. */
  synchronized void use(long turn) {
    changed = turn;
  }

  /** Lets go of a turn, if it is not let go of already. */
  synchronized void release(long turn) {
    if (holder == turn) {
      holder = NOBODY;
    }
  }

  /**
   * Has a turn again that was used and let go of.
   *
   * @throws ApiException.Conflict another has one, or used one
   */
  synchronized void resume(long turn) {
    if (holder != NOBODY || changed != turn) {
      throw new ApiException.Conflict(
          "Superseded",
          null,
          "Another cluster file was applied, or is being applied, since this one waited for what it"
              + " deletes to go offline; of this one, nothing was deleted and nothing brought"
              + " online. Look with holdfast diff, and apply the one that is meant.");
    }
    holder = turn;
  }
}
