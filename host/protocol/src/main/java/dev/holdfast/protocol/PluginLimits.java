package dev.holdfast.protocol;

/**
 * Limits of a plugin that both sides hold to: the service, which refuses an archive, and the
 * monitor, which loads it.
 */
public final class PluginLimits {
  /** How many types one plugin may offer; more than this are a mistake. */
  public static final int TYPES_MAX = 100;

  private PluginLimits() {}
}
