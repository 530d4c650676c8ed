package dev.holdfast.registry.handle;

/**
 * How it stands with a handle.
 *
 * <pre>
 *   OPEN ──key deleted, or replaced by a forced restore──▶ KEY_DELETED
 *     └────────────────closed──────────▶ CLOSED ◀────closed────┘
 * </pre>
 */
public enum HandleState {
  /** It can be used, for what it was granted. */
  OPEN,

  /**
   * Its key is gone, also if there is another one of that name by now. Every use says so
   * (ERROR_KEY_DELETED, 1018). It still counts for its connection until it is closed, and hinders
   * nobody.
   */
  KEY_DELETED,

  /** It has ended, and the table no longer knows it. */
  CLOSED
}
