package dev.holdfast.spi;

/**
 * Why a resource is taken offline. MSCS told it to those who asked for it (STATE_CHANGE_REASON).
 */
public enum OfflineReason {
  /** Someone asked for it. */
  OPERATOR,

  /** It failed and is stopped before it is started again. */
  FAILED,

  /** Something it depends on goes offline. */
  DEPENDENCY,

  /** Its group moves to another node, or has come from one that left it running here. */
  MOVE,

  /** Its type is replaced by another version. */
  UPGRADE,

  /** The cluster service stops. */
  SHUTDOWN
}
