package dev.holdfast.monitor.plugin;

import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import org.jspecify.annotations.Nullable;

/** A plugin cannot be used in this monitor. Every other plugin can. */
public final class PluginRefusedException extends Exception {
  /** The archive is not where the service said. */
  public static final String PLUGIN_MISSING = "PluginMissing";

  /** It is there and cannot be loaded; the sentence says why. */
  public static final String LOAD_FAILED = "LoadFailed";

  /** Another archive of the same plugin is in this monitor: a fresh monitor is needed. */
  public static final String PLUGIN_CONFLICT = "PluginConflict";

  private static final long serialVersionUID = 1L;

  private final String code;

  /** With one of the codes above. */
  public PluginRefusedException(String code, String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
    this.code = code;
  }

  /** The same as a message. */
  public Failure failure() {
    return Failures.of(
        responsibility(),
        code.equals(PLUGIN_MISSING) ? Retry.OTHER_NODE : Retry.NOWHERE,
        code,
        String.valueOf(getMessage()),
        getCause());
  }

  private Responsibility responsibility() {
    return switch (code) {
      case PLUGIN_MISSING -> Responsibility.ENVIRONMENT;
      case LOAD_FAILED -> Responsibility.USER;
      default -> Responsibility.INTERNAL;
    };
  }
}
