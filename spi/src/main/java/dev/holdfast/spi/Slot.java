package dev.holdfast.spi;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A place for one process of a resource, kept by the cluster service, whose child the process is.
 * It outlives the monitor. What it tells is what the service last said; it is kept up to date
 * without being asked. May be used from any thread while its call lasts.
 */
public interface Slot {
  /** The name under which it was occupied: "main" for a {@link ProcessResource}. */
  String name();

  /** What tells this occupant from every other, ever; the process has it in its environment. */
  String nonce();

  /** Whether the process runs. A zombie counts as ended. */
  boolean alive();

  /** The process's id, when there is or was one. */
  OptionalLong pid();

  /**
   * How the process ended; empty while it runs. {@link Exit.Unknown} when nobody was there to see.
   */
  Optional<Exit> exit();

  /**
   * Sends the launch's stop signal to the process, waits, and kills what is left. Returns when
   * nothing of the process's session is left; at once when the slot is empty.
   *
   * @param grace how long to wait before killing; not negative
   * @throws ResourceException naming what still stands
   */
  void stop(Duration grace) throws ResourceException;

  /**
   * Kills the process and everything in its session. Returns when it was seen gone; at once when
   * the slot is empty.
   *
   * @throws ResourceException naming what still stands
   */
  void kill() throws ResourceException;
}
