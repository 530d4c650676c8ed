package dev.holdfast.backup;

import java.io.IOException;

/** A file is no backup, or one that is not what was written; the message goes on after "it". */
public final class MalformedBackupException extends IOException {
  MalformedBackupException(String message) {
    super(message);
  }

  MalformedBackupException(String message, Throwable cause) {
    super(message, cause);
  }
}
