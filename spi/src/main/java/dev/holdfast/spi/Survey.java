package dev.holdfast.spi;

/**
 * A look around on the node where there is no resource: while a member of a family is described,
 * and while properties are checked. Valid until the method that was given it returns.
 */
public interface Survey {
  /**
   * Has the cluster service run a program that only looks, as {@link Call#run} does.
   *
   * @throws ResourceException as there
   * @throws IllegalArgumentException when the command is one that changes
   */
  CommandResult run(Command command) throws ResourceException;
}
