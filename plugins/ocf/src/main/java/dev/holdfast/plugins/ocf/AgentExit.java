package dev.holdfast.plugins.ocf;

import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;

/**
 * The exit codes of an agent (OCF resource agent API 1.1, section 3.1.3), and what an unexpected
 * one means for trying again: Pacemaker's soft, hard and fatal errors.
 */
enum AgentExit {
  SUCCESS(0, "Success", "success", Responsibility.RESOURCE, Retry.HERE),
  GENERIC(1, "Generic", "generic error", Responsibility.RESOURCE, Retry.HERE),
  ARGUMENTS(2, "Arguments", "invalid arguments", Responsibility.USER, Retry.OTHER_NODE),
  UNIMPLEMENTED(
      3, "Unimplemented", "action not implemented", Responsibility.RESOURCE, Retry.OTHER_NODE),
  PERMISSION(
      4, "Permission", "insufficient permissions", Responsibility.ENVIRONMENT, Retry.OTHER_NODE),
  INSTALLED(5, "NotInstalled", "not installed", Responsibility.ENVIRONMENT, Retry.OTHER_NODE),
  CONFIGURED(6, "NotConfigured", "not configured", Responsibility.USER, Retry.NOWHERE),
  NOT_RUNNING(7, "NotRunning", "not running", Responsibility.RESOURCE, Retry.HERE),
  PROMOTED(8, "Promoted", "running promoted", Responsibility.RESOURCE, Retry.HERE),
  FAILED_PROMOTED(9, "FailedPromoted", "failed promoted", Responsibility.RESOURCE, Retry.HERE),
  DEGRADED(190, "Degraded", "running degraded", Responsibility.RESOURCE, Retry.HERE),
  DEGRADED_PROMOTED(
      191, "DegradedPromoted", "running promoted, degraded", Responsibility.RESOURCE, Retry.HERE),
  /** Any other code, and a signal: as Pacemaker has it, a generic error. */
  OTHER(-1, "Other", "a code that OCF does not know", Responsibility.RESOURCE, Retry.HERE);

  private final int code;
  private final String word;
  private final String meaning;
  private final Responsibility responsibility;
  private final Retry retry;

  AgentExit(int code, String word, String meaning, Responsibility responsibility, Retry retry) {
    this.code = code;
    this.word = word;
    this.meaning = meaning;
    this.responsibility = responsibility;
    this.retry = retry;
  }

  static AgentExit of(int code) {
    for (AgentExit exit : values()) {
      if (exit.code == code) {
        return exit;
      }
    }
    return OTHER;
  }

  /** The code of a {@code ResourceException}: {@code OcfNotInstalled}. */
  String failureCode() {
    return "Ocf" + word;
  }

  String meaning() {
    return meaning;
  }

  Responsibility responsibility() {
    return responsibility;
  }

  Retry retry() {
    return retry;
  }
}
