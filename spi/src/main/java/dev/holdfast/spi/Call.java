package dev.holdfast.spi;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One call into a resource, and what may be asked and told while it lasts. A call's objects die
 * with it: after it returned, after it was cancelled by a newer epoch, or after the host gave it
 * up, their methods do nothing or throw. All methods may be called from any thread.
 */
public interface Call {
  /** For {@link #progress} when it cannot be told how far the work is. */
  int UNKNOWN_PERCENT = -1;

  /**
   * The resource's epoch. It only grows, and is never used twice: the fencing token for remote
   * systems.
   */
  long epoch();

  /** When the host gives this call up, by {@link Context#clock}. */
  Instant deadline();

  /** Whether the host no longer waits for this call. The calling thread is interrupted as well. */
  boolean cancelled();

  /**
   * Says that the call goes on. It re-arms PendingTimeout only when it says something new; the
   * limit of an online as a whole never moves. Never blocks; told too often, it is thinned out.
   *
   * @param what what is being done, for people
   * @param percent how far it is, 0 to 100, or {@link #UNKNOWN_PERCENT}
   */
  void progress(String what, int percent);

  /**
   * The resource's properties: immutable, and those that this life of the resource began with, but
   * for what {@link Resource#changed} has put in effect since. What else was set meanwhile waits
   * for the next online.
   */
  Properties properties();

  /** What {@link OnlineCall#remember} kept, from this life or from the one before a death. */
  Optional<byte[]> token();

  /** The resource's slots that were ever occupied in this life, alive or not, oldest first. */
  List<Slot> slots();

  /** The slot of this name, if it was ever occupied in this life. */
  Optional<Slot> slot(String name);

  /**
   * Has the cluster service run a short-lived program, and waits for its end. Commands of one
   * resource run one after the other. When this call is cancelled, when its monitor or the cluster
   * service dies, the command is ended with all it has started, before the next call of the
   * resource runs another.
   *
   * @return how it ended, also when its limit passed
   * @throws ResourceException when it could not be started (no such command, no such user, …), when
   *     what it started cannot be ended, or when this call was cancelled meanwhile
   * @throws IllegalStateException when a command that changes is run in a call that only looks
   */
  CommandResult run(Command command) throws ResourceException;

  /**
   * Kills whatever changing commands of this resource have left running. Returns when it was seen
   * gone; at once when there is nothing.
   *
   * @throws ResourceException naming what still stands
   */
  void endLeft() throws ResourceException;

  /**
   * What is written down about things that the resource has elsewhere, by this life or an earlier
   * one, on this node or another, by name. Which of them are really there, the remote system says.
   */
  List<ExternalSlot> externals();

  /** The external slot of this name, if there is one. */
  default Optional<ExternalSlot> external(String name) {
    return externals().stream().filter(slot -> slot.name().equals(name)).findFirst();
  }
}
