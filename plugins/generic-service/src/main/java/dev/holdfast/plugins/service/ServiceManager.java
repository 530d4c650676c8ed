package dev.holdfast.plugins.service;

import dev.holdfast.spi.Call;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.ResourceException;
import java.util.List;

/**
 * What runs services on a node. Its programs are run by the cluster service ({@link Call#run}), so
 * every method but {@link #runsOn} and {@link #serviceName} costs a fork.
 */
interface ServiceManager {
  /** What the manager calls the service that these properties mean. */
  String serviceName(Properties properties) throws ResourceException;

  /** How the service is. Unknown rather than an exception when the manager does not answer. */
  Sighting look(Call call) throws ResourceException;

  /**
   * Whether this very run certainly goes on, by what can be read without a program.
   *
   * @return false when it does not, and when that cannot be told so
   */
  boolean runsOn(Call call, String run) throws ResourceException;

  /** Has the service started, and waits until the manager has answered. */
  CommandResult start(Call call) throws ResourceException;

  /** Has the service stopped in its own way, and waits until it is. */
  CommandResult stop(Call call) throws ResourceException;

  /** Ends the service now; what is left is seen by {@link #look}. */
  void kill(Call call, String run) throws ResourceException;

  /** The last lines that the service has logged, oldest first; none where they cannot be had. */
  List<String> lastLines(Call call);

  /** What to type to start the service by hand no more, and to see how it is. */
  String stopByHand(Properties properties) throws ResourceException;
}
