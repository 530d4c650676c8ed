package dev.holdfast.service.process;

/** Is told of descendants that nobody watches, found in the service's own list of children. */
@FunctionalInterface
public interface StrayListener {
  /**
   * A living process has become our child, carries the token of a slot, and nobody watches it: an
   * application that went into the background by itself, or what is left of one. Told once for each
   * process, on the sweeping thread; hand over and return.
   */
  void onStray(ProcessIdentity process, SlotToken token);
}
