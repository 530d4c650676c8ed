package dev.holdfast.service.posix;

import java.io.IOException;

/** A call of the system failed. The message says which, on what, and why. */
public final class PosixException extends IOException {
  private static final long serialVersionUID = 1;

  private final int errno;

  PosixException(String attempted, int errno) {
    super(attempted + ": " + Errno.textOf(errno));
    this.errno = errno;
  }

  /** The error number, a positive one. */
  public int errno() {
    return errno;
  }

  /** Whether it is this error. */
  public boolean is(Errno other) {
    return errno == other.number();
  }

  /**
   * The result of a call, or this exception where the result is the negative of an error number.
   */
  static int check(String attempted, int result) throws PosixException {
    if (result < 0) {
      throw new PosixException(attempted, -result);
    }
    return result;
  }
}
