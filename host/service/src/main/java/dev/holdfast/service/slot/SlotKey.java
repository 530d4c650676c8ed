package dev.holdfast.service.slot;

import dev.holdfast.cluster.ResourceId;
import org.jspecify.annotations.Nullable;

/** A process slot of a resource: at most one living process at any time. */
public record SlotKey(ResourceId resource, String slot) {
  /** The slot of a tool that patches the resource. No plugin can name one so. */
  public static final String PATCH = "@patch";

  /** The beginning of the slots of commands; a number follows. */
  private static final String COMMAND = "@run-";

  /** The first character of slots that are the service's own. */
  private static final char OWN = '@';

  /**
   * A slot of a command that changes things. It is one command's for as long as anything lives that
   * the command has left, and then the next one's.
   */
  public static SlotKey ofCommand(ResourceId resource, int number) {
    return new SlotKey(resource, COMMAND + number);
  }

  /** Whether it is that of a tool that patches. */
  public boolean isTools() {
    return slot.equals(PATCH);
  }

  /** Whether it is that of a command. */
  public boolean isCommands() {
    return slot.startsWith(COMMAND);
  }

  /** Whether plugins know of it. */
  public boolean isPlugins() {
    return slot.charAt(0) != OWN;
  }

  // Written out for the reason that ResourceId has.
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof SlotKey that
            && resource.equals(that.resource)
            && slot.equals(that.slot));
  }

  @Override
  public int hashCode() {
    return 31 * resource.hashCode() + slot.hashCode();
  }

  @Override
  public String toString() {
    return resource + "/" + slot;
  }
}
