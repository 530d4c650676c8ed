package dev.holdfast.registry;

/** What a commit did, as far as a notification can tell. */
public sealed interface Effect {
  KeyPath key();

  /** Something at this key changed, of exactly one of the four kinds. */
  record Changed(KeyPath key, NotifyFilter kind) implements Effect {}

  /**
   * This key was deleted with all below it. Fires what was armed there, whatever its filter, as
   * nothing more can come: in Windows the event is signalled, too.
   */
  record Deleted(KeyPath key) implements Effect {}
}
