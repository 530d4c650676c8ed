package dev.holdfast.service.registry;

import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.RegistryHandleView;

/** Hears of what is to be written down about the registry. Called on the caller's thread. */
public interface RegistryListener {
  /**
   * A key's security descriptor denied something.
   *
   * @param key as it was asked for
   * @param resolvedKey with links followed
   * @param reason what was asked for, and what denies it, in one sentence
   */
  void denied(Caller caller, String key, String resolvedKey, String reason);

  /** Somebody closed a handle, which its holder did not want. */
  void closed(Caller caller, RegistryHandleView handle);
}
