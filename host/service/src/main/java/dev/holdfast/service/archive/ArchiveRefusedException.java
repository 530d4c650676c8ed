package dev.holdfast.service.archive;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An archive was refused: nothing of it is used. The message is a whole sentence that names the
 * archive's part that is wrong and, where there is something to do, what.
 */
public final class ArchiveRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of thing is wrong. */
  public enum Reason {
    /** It is no zip, or damaged. */
    UNREADABLE,
    /** It passes one of {@link ArchiveLimits}. */
    TOO_LARGE,
    /** An entry's name leads out of the archive, or names nothing. */
    BAD_ENTRY_NAME,
    /** Two entries of one name, or a file where another entry needs a folder. */
    DUPLICATE_ENTRY,
    /** An entry where none belongs: classes outside of a jar, a jar outside of lib. */
    MISPLACED_ENTRY,
    /** plugin.properties is missing, unreadable, or says something impossible. */
    BAD_DESCRIPTOR,
    /** There is no jar in lib. */
    NO_JARS,
    /** A jar brings classes of the SPI. */
    BUNDLES_SPI,
    /** No type is named in META-INF/services, or one that is not there. */
    NO_TYPES,
    /** A class was compiled for a newer Java, or is none. */
    BAD_CLASS_FILE,
    /** A type's own code needs a class that nobody has. */
    MISSING_CLASS,
    /** It needs another version of the SPI. */
    INCOMPATIBLE,
    /** The archive that was stored is gone. */
    MISSING,
    /** The archive that was stored has other bytes now. */
    DIGEST_MISMATCH
  }

  private final Reason reason;

  ArchiveRefusedException(Reason reason, String message) {
    this(reason, message, null);
  }

  ArchiveRefusedException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public Reason reason() {
    return reason;
  }
}
