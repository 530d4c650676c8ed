package dev.holdfast.service.archive;

/** Whether an archive that was stored is still what it was. */
public enum ArchivePresence {
  /** It is there, byte for byte. */
  OK,
  /** It is not there. */
  MISSING,
  /** It is there with other bytes. */
  MISMATCH
}
